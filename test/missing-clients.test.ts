// Clients that fail, in the middle of a run, on the command line: on every runtime they are named with the reason, in
// the console, in the record and in the report; and a run of which nothing counts exits with 1.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { recordOf, runStarling, startStarling } from './support/starling.js';

/** Client 0 holds 1, client 1 holds NaN, client 2 a text, and 3 and 4 cannot be loaded; with `all`, none can. */
const FEDERATION = `
import { atClients, federatedComputation, federatedSum, float32, struct, toValue } from '@starling/federated-core';
import { populationOf, uniformSampler } from '@starling/population';
import { defineFederation } from '@starling/runtime';
import { z } from 'zod';

const held = struct({ model: struct({ bias: float32() }) });
const total = federatedComputation({ held: atClients(held) }, ({ held }) => federatedSum(held));
const clients = populationOf(Array.from({ length: 5 }, () => toValue(held, { model: { bias: 1 } })), held);

export default defineFederation({
  name: 'broken',
  description: 'clients that fail',
  options: z.object({ all: z.boolean().default(false) }),
  build: ({ all }) => ({
    computation: total,
    population: {
      ...clients,
      dataAtHand: false,
      load(index) {
        if (all || index > 2) throw new Error('no such file: ' + clients.clientId(index) + '.csv');
        if (index === 1) return toValue(held, { model: { bias: Number.NaN } });
        return index === 2 ? { model: { bias: 'one' } } : clients.load(index);
      },
    },
    sampler: uniformSampler({ cohortSize: 5 }),
    rounds: 2,
  }),
});
`;

let folder: string;
let file: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'starling-missing-'));
  file = join(folder, 'broken.ts');
  writeFileSync(file, FEDERATION);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each(['in-process', 'threads', 'websocket'])('starling simulate on %s', (runtime) => {
  const simulate = (...more: readonly string[]) =>
    runStarling('simulate', file, '--runtime', runtime, ...more);

  test('names clients that are missing on the console, once a reason', async () => {
    const { code, stdout, stderr } = await simulate();
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.match(/ 1\/5 clients /g)).toHaveLength(2);
    expect(stdout.match(/^ {2}2 dropped, load-failed: no such file: client-[34]\.csv/gm)).toHaveLength(1);
    expect(stdout).toMatch(/^ {4}client-[34], client-[34]$/m);
    expect(stdout.replaceAll(/\n {4}/g, ' ')).toMatch(
      /^ {2}1 refused, non-finite-update: .* got NaN in model\.bias of federatedSum\(\) at \S+broken\.ts:8:\d+ client-1$/m,
    );
    expect(stdout.replaceAll(/\n {4}/g, ' ')).toMatch(
      /^ {2}1 dropped, bad-data: .* at model\.bias: .* client-2$/m,
    );
    expect(stdout).toMatch(/^missing 8 of 10 updates: 4 load-failed, /m);
    for (const line of stdout.split('\n'))
      if (line.startsWith(' ')) expect(line.length).toBeLessThanOrEqual(80);
  });

  test('names them in the record and in the report', async () => {
    const out = join(folder, runtime);
    const { code, stdout } = await simulate('--json', '--out', out);
    expect(code).toBe(0);
    const kept = readFileSync(join(out, 'metrics.jsonl'), 'utf8');
    expect(kept).toBe(stdout);
    const rounds = recordOf(kept).filter((line) => line.type === 'round');
    expect(rounds).toHaveLength(2);
    for (const line of rounds) {
      expect(line).toMatchObject({ cohort: 5, accepted: 1, rejected: 1, dropped: 3 });
      const lost = line.lost.map(({ code, count, clients }) => [code, count, [...clients].sort()]);
      expect(lost).toHaveLength(3);
      expect(lost[0]).toEqual(['load-failed', 2, ['client-3', 'client-4']]);
      expect(lost).toContainEqual(['bad-data', 1, ['client-2']]);
      expect(lost).toContainEqual(['non-finite-update', 1, ['client-1']]);
    }
    const report = readFileSync(join(out, 'report.html'), 'utf8');
    expect(report).toMatch(
      /<td>4 dropped<\/td><td>load-failed<\/td><td>no such file: .*<td>client-[34], client-[34]</,
    );
  });

  test('exits with 1 when nothing counts in any round, and says why', async () => {
    const out = join(folder, `${runtime}-nothing`);
    const { code, stderr } = await simulate('--set', 'all=true', '--out', out);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^Cannot finish the run: need a round with an update that counts, got none in 2 rounds\n {4}10 dropped, load-failed: no such file/,
    );
    expect(stderr).toContain("load-failed: fix what the population's load reads for these clients");
    expect(recordOf(readFileSync(join(out, 'metrics.jsonl'), 'utf8')).map(({ type }) => type)).toEqual([
      'run',
      'round',
      'round',
      'failed',
    ]);
    expect(readFileSync(join(out, 'report.html'), 'utf8')).toContain('The run failed: Cannot finish the run');
  });
});

test('starling coordinator names them in its log and record, and exits with 1 when every attempt failed', async () => {
  const out = join(folder, 'coordinator');
  const coordinator = startStarling(
    [
      'coordinator',
      file,
      '--set',
      'all=true',
      '--port',
      '0',
      '--min-clients',
      '2',
      '--deadline-ms',
      '2000',
      '--max-attempts',
      '2',
      '--back-off-ms',
      '50',
      '--state',
      out,
    ],
    { environment: { STARLING_LOG_LEVEL: 'warn' } },
  );
  const url = (await coordinator.line((line) => line.startsWith('listening at '))).slice(
    'listening at '.length,
  );
  const clients = startStarling(['client', file, '--set', 'all=true', '--range', '0:5', '--url', url]);
  const { code, stdout, stderr } = await coordinator.finished;
  clients.child.kill('SIGTERM'); // the next start may do better: they would come back to it
  await clients.finished;
  expect(code).toBe(1);
  expect(stdout).toMatch(
    /^round 1\/2 {2}attempt 1 failed {2}0\/5 clients {2}too-few-reports: need 1 report, got 0 of 5$/m,
  );
  const logged = stderr.split('\n').filter((line) => line.startsWith('{'));
  const dropped = logged.map((line) => JSON.parse(line)).filter(({ msg }) => msg === 'clients dropped');
  expect(dropped).toMatchObject(Array(2).fill({ round: 1, code: 'load-failed', count: 5 }));
  expect(stderr).toContain('Cannot finish round 1: need 1 report, got 0 of 5 (the last of 2 attempts)');
  const record = recordOf(readFileSync(join(out, 'metrics.jsonl'), 'utf8'));
  expect(record).toMatchObject([
    { type: 'run', federation: 'broken' },
    { type: 'failed-round', round: 1, dropped: 5, lost: [{ code: 'load-failed', count: 5 }] },
    { type: 'failed-round', round: 1, attempt: 2, dropped: 5, lost: [{ code: 'load-failed', count: 5 }] },
    { type: 'failed', rounds: 0, failedRounds: 2, code: 'too-few-reports' },
  ]);
});
