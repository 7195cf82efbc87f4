// What clients keep for the parts of a composition.
import { clientMomentum, meanAggregator, nothing } from '@starling/aggregators';
import { createOnnxEngine, localComputation, localRunner, sequenceLength, tf } from '@starling/compute';
import {
  type AnyClientsValue,
  evaluate,
  evaluateRound,
  federatedMap,
  federatedValue,
  field,
  float32,
  type HostValue,
  sequence,
} from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { attackedWork } from '../attacks/attacked-work.js';
import { signFlip } from '../attacks/scaled-attacks.js';
import { clientWorkContract } from '../client-work/contract.js';
import { type ClientWork, workOf } from '../parts/client-work.js';
import { lineModel, points } from '../testing/line-model.js';
import { learningProcess } from './learning-process.js';

/** Each client counts its rounds, and sends that number as its change. */
const countingWork: ClientWork = {
  name: 'counting',
  create: (model) => {
    const count = localComputation(
      { rounds: float32(), data: sequence(model.example) },
      ({ rounds, data }) => {
        const next = tf.add(rounds, 1);
        return { rounds: next, value: { w: next }, weight: tf.cast(sequenceLength(data), 'float32') };
      },
    );
    return workOf({
      name: 'counting',
      model,
      start: nothing,
      startClient: () => federatedValue(0, 'CLIENTS', float32()),
      step: (state, { data, clientState }) => {
        const own = federatedMap(count, { rounds: clientState, data } as never) as AnyClientsValue;
        const of = (name: string) => field(own, name) as AnyClientsValue;
        const result = { value: of('value'), weight: of('weight') };
        return { state, clientState: of('rounds'), result, measurements: nothing() };
      },
    });
  },
};

clientWorkContract('a client work whose clients keep something', () => countingWork);

async function rounds(
  process: ReturnType<typeof learningProcess>,
  cohorts: readonly (readonly string[])[],
  held: (client: string) => object,
) {
  const engine = await createOnnxEngine();
  const run = localRunner(engine);
  let state = (await evaluate(process.initialize, undefined, { run })) as HostValue;
  let kept: ReadonlyMap<string, HostValue> = new Map();
  for (const clientIds of cohorts) {
    const columns = clientIds.map(held);
    const names = Object.keys(columns[0]!);
    const given = Object.fromEntries(names.map((name) => [name, columns.map((each) => each[name as never])]));
    ({ state, clientStates: kept } = await evaluateRound(process, { state, ...given }, kept, {
      run,
      clientIds,
    }));
  }
  await engine.dispose();
  return { model: (state as unknown as { readonly model: { readonly w: number } }).model, kept };
}

describe('learningProcess of parts whose clients keep something', () => {
  test('keeps a struct of these parts, each client its own', async () => {
    const process = learningProcess({
      model: lineModel(0),
      clientWork: countingWork,
      aggregator: clientMomentum(meanAggregator(), { momentum: 0.5 }),
    });
    const { model, kept } = await rounds(process, [['a', 'b'], ['a']], () => ({ data: points([1, 1]) }));
    // Round 1: both send 1, and w is 1. Round 2: a sends 2, of which its momentum makes 0.5 · 1 + 0.5 · 2.
    expect(model.w).toBe(2.5);
    expect(kept.get('a')).toEqual({ clientWork: 2, aggregator: { momentum: { w: 1.5 }, rounds: 2 } });
    expect(kept.get('b')).toEqual({ clientWork: 1, aggregator: { momentum: { w: 1 }, rounds: 1 } });
  });

  test('keeps nothing where no part does', () => {
    const work: ClientWork = {
      name: 'still',
      create: (model) =>
        workOf({
          name: 'still',
          model,
          start: nothing,
          step: (state, { weights }) => ({
            state,
            result: { value: weights, weight: federatedValue(1, 'CLIENTS', float32()) as AnyClientsValue },
            measurements: nothing(),
          }),
        }),
    };
    const process = learningProcess({ model: lineModel(0), clientWork: work });
    expect(process.initializeClient).toBeUndefined();
    expect(process.next.parameters.map(({ name }) => name)).toEqual(['state', 'data']);
  });

  test('`attackedWork` passes on what clients of its work keep', async () => {
    const process = learningProcess({
      model: lineModel(0),
      clientWork: attackedWork({ work: countingWork, attack: signFlip({ scale: 3 }) }),
    });
    const held = (client: string) => ({ data: points([1, 1]), attacker: client === 'a' ? 1 : 0 });
    const { model, kept } = await rounds(
      process,
      [
        ['a', 'b'],
        ['a', 'b'],
      ],
      held,
    );
    // Round 1: (−3 + 1) / 2. Round 2: (−6 + 2) / 2.
    expect(model.w).toBe(-3);
    expect([...kept.values()]).toEqual([{ clientWork: 2 }, { clientWork: 2 }]);
  });

  test('says what a part forgets that keeps something', () => {
    const forgetful = (parts: object): ClientWork => ({
      name: 'forgetful',
      create: (model) =>
        workOf({
          name: 'forgetful',
          model,
          start: nothing,
          step: (state, { weights }) => ({
            state,
            result: { value: weights, weight: federatedValue(1, 'CLIENTS', float32()) as AnyClientsValue },
            measurements: nothing(),
          }),
          ...parts,
        }),
    });
    const begun = forgetful({ startClient: () => federatedValue(0, 'CLIENTS', float32()) });
    expect(() => begun.create(lineModel(0))).toThrow(
      'Cannot make a client work: what the step of forgetful returns must have clientState, as startClient gives what clients start with, got none',
    );
    const made = forgetful({
      step: (state: never, { weights }: { readonly weights: AnyClientsValue }) => ({
        state,
        clientState: weights,
        result: { value: weights, weight: weights },
        measurements: nothing(),
      }),
    });
    expect(() => made.create(lineModel(0))).toThrow(
      'need startClient, which gives what clients start with, as what the step of forgetful returns has clientState',
    );
  });
});
