import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { atClients, federatedComputation, federatedMean, float32, toValue } from '@starling/federated-core';
import { populationOf, uniformSampler } from '@starling/population';
import { isMessage } from '@starling/wire';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { scriptedClient } from '../testing/scripted-client.js';
import { type CoordinatorOptions, runCoordinator } from './run-coordinator.js';

const values = [1, 2].map((value) => toValue(float32(), value));
const run: CoordinatorOptions['run'] = {
  computation: federatedComputation({ value: atClients(float32()) }, ({ value }) => federatedMean(value)),
  population: populationOf(values, float32()),
  sampler: uniformSampler({ cohortSize: 2 }),
  rounds: 0,
};

let state: string;
beforeEach(async () => {
  state = await mkdtemp(join(tmpdir(), 'starling-coordinator-'));
});
afterEach(() => rm(state, { recursive: true }));

/** What a client hears that comes to `url`. */
async function heardAt(url: string): Promise<string> {
  const client = await scriptedClient(url);
  client.send('hello', { client: 'client-0' });
  await client.closed;
  const last = client.heard().at(-1)!;
  return isMessage(last, 'bye') ? last.control.reason : last.type;
}

describe('runCoordinator', () => {
  test('`runCoordinator` answers late clients with the end when its run was over before', async () => {
    let heard: Promise<string> | null = null;
    const began = performance.now();
    const result = await runCoordinator({
      run,
      state,
      farewellMs: 400,
      onListen({ url }) {
        setTimeout(() => {
          heard = heardAt(url);
        }, 200);
      },
    });
    expect(result.rounds).toBe(0);
    expect(await heard).toBe('the run is over');
    expect(performance.now() - began).toBeGreaterThan(390);
  });
});
