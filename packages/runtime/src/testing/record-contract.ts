// What the runtime contract asks about the record of a run: every line fits the schema, and clients that are missing
// are named with their reason, in the same words everywhere.
import { type Population, uniformSampler } from '@starling/population';
import { assert, expect, test } from 'vitest';
import { type RecordLine, recordLine } from '../record/record-line.js';
import { runRounds } from '../rounds/run-rounds.js';
import type { MakeRuntime } from './agreement.js';
import { floats, totalOf } from './contract-computations.js';

/** Client 1 sends NaN, and clients 2 and 3 have no data. */
function broken(): Population {
  const population = floats([1, Number.NaN, 4, 8, 16]);
  return {
    ...population,
    load(index) {
      if (index === 2 || index === 3) throw new Error(`no such file: data/${population.clientId(index)}.csv`);
      return population.load(index);
    },
  };
}

export function recordContract(name: string, makeRuntime: MakeRuntime): void {
  test(`\`${name}\` names the clients that are missing in a record whose lines fit the schema`, async () => {
    const population = broken();
    const lines: RecordLine[] = [];
    await runRounds({
      computation: totalOf,
      runtime: await makeRuntime(population),
      population,
      sampler: uniformSampler({ cohortSize: population.size }),
      rounds: 2,
      seed: 3,
      onRecord: (line) => void lines.push(recordLine.parse(JSON.parse(JSON.stringify(line)))),
    });
    assert.deepEqual(
      lines.map(({ type }) => type),
      ['run', 'round', 'round', 'done'],
    );
    // A client is told nothing, and sends one float32.
    expect(lines[0]).toMatchObject({ bytes: { down: 0, up: 4 } });
    for (const line of lines) {
      if (line.type !== 'round') continue;
      expect(line).toMatchObject({ metrics: { value: 17 }, cohort: 5, accepted: 2, rejected: 1, dropped: 2 });
      expect(line.lost).toMatchObject([
        {
          status: 'dropped',
          code: 'load-failed',
          phase: 0,
          count: 2,
          reason: expect.stringMatching(/^no such file: data\/client-[23]\.csv$/),
        },
        {
          status: 'rejected',
          code: 'non-finite-update',
          count: 1,
          clients: ['client-1'],
          reason: expect.stringMatching(/got NaN in value of federatedSum\(\) at /),
        },
      ]);
      expect([...line.lost[0]!.clients].sort()).toEqual(['client-2', 'client-3']);
    }
  });

  test(`\`${name}\` ends the record of a run without any update that counts in why`, async () => {
    const population = { ...broken(), load: () => Promise.reject(new Error('the disk is gone')) };
    const lines: RecordLine[] = [];
    const { failure, failedRounds } = await runRounds({
      computation: totalOf,
      runtime: await makeRuntime(population),
      population,
      sampler: uniformSampler({ cohortSize: 3 }),
      rounds: 2,
      seed: 3,
      onRecord: (line) => void lines.push(recordLine.parse(JSON.parse(JSON.stringify(line)))),
    });
    // A sum of nobody is 0, so that no round failed; but nothing of any client counts.
    assert.equal(failedRounds, 0);
    assert.equal(failure?.code, 'nothing-counted');
    expect(failure?.message).toMatch(
      /got none in 2 rounds\n {4}6 dropped, load-failed: the disk is gone \(client-/,
    );
    expect(lines.at(-1)).toMatchObject({ type: 'failed', rounds: 2, message: failure?.message });
  });
}
