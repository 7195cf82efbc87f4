import {
  atClients,
  federatedComputation,
  federatedMean,
  federatedSum,
  float32,
  int32,
  toValue,
} from '@starling/federated-core';
import { everyoneSampler, populationOf, uniformSampler } from '@starling/population';
import { describe, expect, test } from 'vitest';
import { inProcessRuntime } from '../in-process/in-process-runtime.js';
import type { RoundRecord, RunOptions } from '../rounds/run-options.js';
import { runRounds } from '../rounds/run-rounds.js';
import type { PhaseRequest, Runtime } from '../runtime/runtime.js';
import { totalOf, variance } from '../testing/contract-computations.js';
import type { FaultsInput } from './fault-schema.js';
import { withFaults } from './with-faults.js';

const meanOf = federatedComputation({ value: atClients(float32()) }, ({ value }) => federatedMean(value), {
  name: 'meanOf',
});
const countOf = federatedComputation({ value: atClients(int32()) }, ({ value }) => federatedSum(value), {
  name: 'countOf',
});

/** Two clients that hold 3 and 5, for as many rounds. */
async function roundsOf(
  faults: FaultsInput,
  {
    computation = meanOf,
    rounds = 1,
    values = [3, 5],
    ...more
  }: Partial<RunOptions> & { values?: readonly number[] } = {},
): Promise<readonly RoundRecord[]> {
  const records: RoundRecord[] = [];
  const type = computation === countOf ? int32() : float32();
  await runRounds({
    computation,
    population: populationOf(
      values.map((value) => toValue(type, value)),
      type,
    ),
    sampler: everyoneSampler(),
    runtime: inProcessRuntime(),
    rounds,
    seed: 1,
    faults,
    onRound: (record) => void records.push(record as RoundRecord),
    ...more,
  } as RunOptions);
  return records;
}
const metricsOf = (records: readonly RoundRecord[]) => records.map(({ metrics }) => metrics);

describe('withFaults', () => {
  test('`withFaults` leaves a client out of the mean that does not answer', async () => {
    const records = await roundsOf(
      { dropouts: [{ clients: [1], rounds: { from: 2, to: 2 } }] },
      { rounds: 3 },
    );
    expect(metricsOf(records)).toEqual([4, 3, 4]); // (3 + 5) / 2, then 3 alone
    expect(records[1]!.reports).toEqual([
      { client: 'client-0', status: 'accepted' },
      expect.objectContaining({ client: 'client-1', status: 'dropped', code: 'dropped-out', phase: 0 }),
    ]);
    expect(records.map(({ faults }) => faults!.counts.dropouts)).toEqual([0, 1, 0]);
    expect(records[1]!.faults!.virtualMs).toBeNull();
  });

  test('`withFaults` ends a phase with the first reports where more are asked than are needed', async () => {
    // Of 13 clients, asked for 10 reports, client i answers after 10·(13 − i) ms: 0, 1 and 2 are not waited for.
    const values = Array.from({ length: 13 }, (_, index) => index);
    const stragglers = values.map((index) => ({
      clients: [index],
      latency: { distribution: 'constant', ms: 10 * (13 - index) } as const,
    }));
    const [record] = await roundsOf({ overSelection: 1.3, stragglers }, { values });
    expect(record!.metrics).toBe(7.5); // the mean of 3 to 12
    expect(record!.faults!.virtualMs).toBe(100); // that of client 3
    expect(record!.reports.slice(0, 4).map((report) => 'code' in report && report.code)).toEqual([
      'not-needed',
      'not-needed',
      'not-needed',
      false,
    ]);
  });

  test('`withFaults` leaves a client out for good', async () => {
    const records = await roundsOf(
      { dropouts: [{ clients: ['client-0'], for: 'good', rounds: { from: 2 } }] },
      { rounds: 3 },
    );
    expect(metricsOf(records)).toEqual([4, 5, 5]);
  });

  test('`withFaults` turns the update of a client round', async () => {
    // (3 − 2 · 5) / 2
    const records = await roundsOf({ byzantine: [{ clients: [1], how: 'sign-flip', scale: 2 }] });
    expect(metricsOf(records)).toEqual([-3.5]);
    expect(records[0]!.faults!.counts.byzantine).toBe(1);
    const summed = await roundsOf(
      { byzantine: [{ clients: [1], how: 'sign-flip' }] },
      { computation: countOf },
    );
    expect(metricsOf(summed)).toEqual([-2]); // 3 − 5, as integers
    const others = await roundsOf({
      byzantine: [
        { clients: [0], how: 'constant', value: 9 },
        { clients: [1], how: 'zero' },
      ],
    });
    expect(metricsOf(others)).toEqual([4.5]); // (9 + 0) / 2
  });

  test.each([
    [{ how: 'nan' }, 'non-finite-update'],
    [{ how: 'infinity' }, 'non-finite-update'],
    [{ how: 'shape' }, 'wrong-update'],
  ] as const)('`withFaults` has an update of %j refused as any other', async (what, code) => {
    const [record] = await roundsOf({ corrupt: [{ clients: [1], ...what }] });
    expect(record!.metrics).toBe(3);
    expect(record!.reports[1]).toMatchObject({ status: 'rejected', code });
    expect(record!.faults!.counts.corrupt).toBe(1);
  });

  test('`withFaults` gives a mean the weight that it is told', async () => {
    const weighted = federatedComputation({ value: atClients(float32()) }, ({ value }) =>
      federatedMean(value, { weight: value }),
    );
    // A weight of 1e308 is infinite as a float32; (3 · 3 + 5 · 9) / (3 + 9) is 4.5.
    const [refused] = await roundsOf(
      { corrupt: [{ clients: [1], how: 'weight' }] },
      { computation: weighted },
    );
    expect(refused!.reports[1]).toMatchObject({ status: 'rejected', code: 'non-finite-update' });
    const [heavy] = await roundsOf(
      { corrupt: [{ clients: [1], how: 'weight', value: 9 }] },
      { computation: weighted },
    );
    expect(heavy!.metrics).toBe(4.5);
    const [light] = await roundsOf(
      { corrupt: [{ clients: [1], how: 'weight', value: -1 }] },
      { computation: weighted },
    );
    expect(light!.reports[1]).toMatchObject({ status: 'rejected', code: 'invalid-weight' });
  });

  test('`withFaults` drops who is late on the virtual clock, and waits for nobody', async () => {
    const faults: FaultsInput = {
      deadlineMs: 3_600_000,
      stragglers: [
        { latency: { distribution: 'constant', ms: 1000 } },
        { clients: [1], rounds: { from: 2, to: 2 }, latency: { distribution: 'constant', ms: 3_600_000 } },
      ],
    };
    const began = performance.now();
    const records = await roundsOf(faults, { rounds: 3 });
    expect(performance.now() - began).toBeLessThan(60_000);
    expect(metricsOf(records)).toEqual([4, 3, 4]);
    expect(records.map(({ faults: told }) => told!.virtualMs)).toEqual([1000, 3_600_000, 1000]);
    expect(records.map(({ faults: told }) => told!.counts.late)).toEqual([0, 1, 0]);
    expect(records[1]!.reports[1]).toMatchObject({
      status: 'dropped',
      code: 'deadline',
      reason: 'nothing arrived within 3600000 ms',
    });
  });

  test('`withFaults` ends a round of clients that are present with the fastest of them', async () => {
    const inner = inProcessRuntime();
    const runtime: Runtime = {
      ...inner,
      async open(plan, population) {
        const session = await inner.open(plan, population);
        return {
          ...session,
          present(tell) {
            for (const client of [0, 1, 2, 3]) tell(client, true); // all are there, and stay
          },
        };
      },
    };
    const stragglers = [40, 10, 20, 30].map((ms, client) => ({
      clients: [client],
      latency: { distribution: 'constant', ms } as const,
    }));
    // Four are asked for each two that are wanted: those after 10 and 20 ms, which hold 2 and 4.
    const [record] = await roundsOf(
      { stragglers, deadlineMs: 1000 },
      {
        values: [1, 2, 4, 8],
        sampler: uniformSampler({ cohortSize: 2 }),
        present: { overSelection: 2 },
        runtime,
      },
    );
    expect(record!.metrics).toBe(3);
    expect(record!.faults).toMatchObject({ virtualMs: 20, counts: { stragglers: 4, late: 0 } });
    const codes = new Map(
      record!.reports.map((each) => [each.client, each.status === 'accepted' ? '' : each.code]),
    );
    expect(codes.get('client-0')).toBe('not-needed');
    expect(codes.get('client-3')).toBe('not-needed');
  });

  test('`withFaults` counts a report once that comes twice', async () => {
    const [record] = await roundsOf({ duplicates: [{ clients: [1] }] }, { computation: totalOf });
    expect(record!.metrics).toBe(8);
    expect(record!.faults!.counts.duplicates).toBe(1);
  });

  test('`withFaults` loses a client that crashes in a later phase, with what it has said before', async () => {
    // The mean of 1, 2, 3 and 6 is 3. Of those that are left in phase 1, the squared gaps are 4, 1, 0: mean 5/3.
    const faults: FaultsInput = { crashes: [{ probability: 0.5, clients: [3] }] };
    const records = await roundsOf(faults, { computation: variance, values: [1, 2, 3, 6], rounds: 20 });
    const seen = new Map(
      records.map(({ reports, metrics }) => {
        const last = reports[3]!;
        return [last.status === 'accepted' ? 'none' : `${last.code} ${last.phase}`, metrics] as const;
      }),
    );
    expect(seen.get('crashed 1')).toEqual({ mean: 3, variance: Math.fround(5 / 3), clients: 3 });
    expect(seen.get('crashed 0')).toEqual({ mean: 2, variance: Math.fround(2 / 3), clients: 3 });
    expect(seen.get('none')).toEqual({ mean: 3, variance: 3.5, clients: 4 });
  });

  test('`withFaults` passes phases on as they are when nothing is drawn', async () => {
    const asked: PhaseRequest[] = [];
    const inner = inProcessRuntime();
    const watched: Runtime = {
      ...inner,
      async open(plan, population) {
        const session = await inner.open(plan, population);
        return {
          ...session,
          runPhase(request) {
            asked.push(request);
            return session.runPhase(request);
          },
        };
      },
    };
    await roundsOf(
      { dropouts: [{ probability: 0 }], byzantine: [{ probability: 0, how: 'zero' }] },
      { runtime: watched },
    );
    expect(asked).toHaveLength(1);
    expect(asked[0]).not.toHaveProperty('faults');
  });

  test('`withFaults` refuses a runtime that does not take faults, and faults that are none', async () => {
    const deaf: Runtime = { name: 'deaf', open: inProcessRuntime().open };
    expect(() => withFaults(deaf, {}, { seed: 1 })).toThrow(
      "Cannot simulate faults on runtime 'deaf': need one",
    );
    expect(() => withFaults(inProcessRuntime(), {}, { seed: -1 })).toThrow('seed');
    await expect(roundsOf({ dropouts: [{ probability: 2 }] })).rejects.toMatchObject({
      code: 'bad-faults',
      problems: [{ path: ['dropouts', 0, 'probability'] }],
    });
    await expect(roundsOf({ dropouts: [{ for: 'good' }] })).rejects.toThrow(
      'must leave a client that answers',
    );
  });
});
