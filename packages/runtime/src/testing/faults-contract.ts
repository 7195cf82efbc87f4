// What the runtime contract asks of a runtime that takes faults: the same run as in process, whatever goes wrong.

import { uniformSampler } from '@starling/population';
import { assert, expect, test } from 'vitest';
import type { FaultsInput } from '../faults/fault-schema.js';
import { inProcessRuntime } from '../in-process/in-process-runtime.js';
import type { RoundRecord } from '../rounds/run-options.js';
import { runRounds } from '../rounds/run-rounds.js';
import type { Runtime } from '../runtime/runtime.js';
import type { MakeRuntime } from './agreement.js';
import { datasets, drift } from './contract-computations.js';

const faults: FaultsInput = {
  deadlineMs: 900,
  dropouts: [{ probability: 0.1 }, { probability: 0.05, for: 'good' }],
  crashes: [{ probability: 0.1 }],
  stragglers: [{ latency: { distribution: 'log-normal', mu: 6, sigma: 0.5 } }],
  corrupt: [
    { probability: 0.2, how: 'bits' },
    { probability: 0.1, how: 'nan' },
    { probability: 0.1, how: 'shape' },
    { probability: 0.1, how: 'weight', value: 1000 },
  ],
  byzantine: [
    { probability: 0.2, how: 'noise', stddev: 0.5 },
    { clients: [3], how: 'sign-flip' },
  ],
  duplicates: [{ probability: 0.3 }],
};

/** Of a runtime that takes no faults, nothing is asked. */
export function faultsContract(name: string, makeRuntime: MakeRuntime): void {
  test(`\`${name}\` ends in the same state as in process when clients have faults`, async (context) => {
    const population = datasets(Array.from({ length: 24 }, (_, client) => [client / 7, client / 3, 0.1]));
    const run = async (runtime: Runtime) => {
      const records: RoundRecord[] = [];
      const { stateHash } = await runRounds({
        process: drift,
        runtime,
        population,
        sampler: uniformSampler({ cohortSize: 16 }),
        rounds: 6,
        seed: 5,
        faults,
        onRound: (record) => void records.push(record),
      });
      return { stateHash, told: records.map(({ reports, faults: drawn }) => ({ reports, drawn })) };
    };
    const runtime = await makeRuntime(population);
    if (runtime.takesFaults !== true) {
      context.skip('it takes no faults');
      return;
    }
    const expected = await run(inProcessRuntime());
    const given = await run(runtime);
    assert.deepEqual(given, expected);
    const codes = expected.told.flatMap(({ reports }) =>
      reports.flatMap((report) => (report.status === 'accepted' ? [] : [report.code])),
    );
    expect(new Set(codes)).toEqual(
      new Set(['dropped-out', 'crashed', 'deadline', 'non-finite-update', 'wrong-update']),
    );
  });
}
