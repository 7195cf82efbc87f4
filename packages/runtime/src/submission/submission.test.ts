// Submissions from end to end: what is written, read and run.
import { type StarlingError, tensor } from '@starling/federated-core';
import { decodeSafetensors, encodeSafetensors } from '@starling/plan/safetensors';
import { powerOfChoiceSampler, uniformSampler } from '@starling/population';
import { describe, expect, test } from 'vitest';
import { allClients } from '../rounds/evaluation.js';
import { runRounds } from '../rounds/run-rounds.js';
import { growth, neighbours, numberOf, options, population } from '../testing/growth.js';
import { readSubmission } from './read-submission.js';
import { type SubmissionOptions, writeSubmission } from './write-submission.js';

const run = { process: growth, arguments: { pace: 2 }, population, sampler: neighbours, rounds: 3 };

/** Where the data is: a server would ask clients for it. */
const withData = (submission: ReturnType<typeof readSubmission>) => ({
  ...submission.run,
  population: { ...submission.run.population, load: population.load },
});

/** A submission with some of it changed. */
async function changed(
  change: (parts: {
    tensors: Map<string, ReturnType<typeof tensor>>;
    facts: Record<string, unknown>;
  }) => void,
): Promise<Uint8Array> {
  const { tensors, metadata } = decodeSafetensors(await writeSubmission({ run }));
  const parts = {
    tensors: new Map(tensors) as Map<string, ReturnType<typeof tensor>>,
    facts: JSON.parse(metadata['submission']!) as Record<string, unknown>,
  };
  change(parts);
  return encodeSafetensors(parts.tensors, { submission: JSON.stringify(parts.facts) });
}

describe('submissions', () => {
  test('`readSubmission` gives a run that ends in the state of the one that was written', async () => {
    const bytes = await writeSubmission({ run, seed: 1, settings: { pace: 2 }, name: 'growth' });
    const submission = readSubmission(bytes);
    expect(submission.options).toMatchObject({ seed: 1, rounds: 3, settings: { pace: 2 } });
    const { runtime } = options();
    const result = await runRounds({ ...withData(submission), ...submission.options, runtime });
    // Cohorts of means 0.5, 1.5 and 2.5, times 2, on top of 100.
    expect(numberOf(result.state)).toBe(109);
    const alone = await runRounds(options());
    expect([result.stateHash, result.metrics]).toEqual([alone.stateHash, alone.metrics]);
  });

  test('`writeSubmission` draws the cohorts of each attempt, and those alone', async () => {
    const sampler = uniformSampler({ cohortSize: 2 });
    const bytes = await writeSubmission({ run: { ...run, sampler, rounds: 2 }, seed: 5, maxAttempts: 2 });
    const { run: read } = readSubmission(bytes);
    const runs = [sampler, read.sampler].map(async (each) => {
      const attempts: string[] = [];
      await runRounds({
        ...{ ...options({ rounds: 2, seed: 5 }), sampler: each, maxAttempts: 3, minReports: 2 },
        population: { ...population, load: () => Promise.reject(new Error('no data')) },
        onFailedRound: ({ reports }) => void attempts.push(reports.map(({ client }) => client).join()),
      }).catch((error: unknown) => attempts.push((error as StarlingError).code));
      return attempts;
    });
    const [own, drawn] = await Promise.all(runs);
    expect(own).toHaveLength(4); // three attempts, and the error of the last
    expect(drawn).toEqual([...own!.slice(0, 2), 'bad-cohort']);
  });

  test('`readSubmission` gives a population of names, whose data is with the clients', async () => {
    const { population: read } = readSubmission(await writeSubmission({ run })).run;
    expect([read.size, read.clientId(5), read.dataAtHand]).toEqual([6, population.clientId(5), false]);
    expect(() => read.load(0)).toThrow('its data is with the client');
    expect(allClients({ population: read })).toBe(read);
    expect(await read.fingerprint()).toEqual(await population.fingerprint());
  });

  test.each<[Partial<SubmissionOptions['run']>, string]>([
    [{ evaluation: { every: 1, run: () => 1 } }, "leaveOut: ['evaluation']"],
    [{ constraints: { require: [] } }, "leaveOut: ['constraints']"],
    [{ best: { metric: 'evaluation.accuracy', goal: 'highest' } }, "leaveOut: ['best']"],
  ])('`writeSubmission` refuses code, unless it is left out: %o', async (more, advice) => {
    const given = { ...run, ...more };
    await expect(writeSubmission({ run: given })).rejects.toThrow(advice);
    await expect(writeSubmission({ run: given })).rejects.toMatchObject({ code: 'bad-submission' });
    const leaveOut = ['evaluation', 'constraints', 'best'] as const;
    const { run: read } = readSubmission(await writeSubmission({ run: given, leaveOut }));
    expect(read).not.toHaveProperty(Object.keys(more)[0]!);
  });

  test('`writeSubmission` takes a best state by a metric of the rounds, and refuses cohorts that go by reports', async () => {
    const best = { metric: 'mean', goal: 'highest', patience: 2 } as const;
    expect(readSubmission(await writeSubmission({ run: { ...run, best } })).run.best).toEqual(best);
    const sampler = powerOfChoiceSampler({ cohortSize: 1, candidates: 2, watches: 'loss' });
    await expect(writeSubmission({ run: { ...run, sampler } })).rejects.toThrow(
      'goes by what clients report',
    );
    const asynchronous = { goal: 2 } as never;
    await expect(writeSubmission({ run: { ...run, asynchronous } })).rejects.toThrow('got asynchronous ones');
  });

  test.each<[string, Parameters<typeof changed>[0]]>([
    ['facts that are missing', ({ facts }) => delete facts['seed']],
    ['facts that are unknown', ({ facts }) => Object.assign(facts, { code: 'return 1' })],
    ['a seed that is none', ({ facts }) => Object.assign(facts, { seed: -1 })],
    ['another format', ({ facts }) => Object.assign(facts, { format: 'starling-submission/2' })],
    ['a plan that is missing', ({ tensors, facts }) => tensors.delete(facts['plan'] as string)],
    [
      'a plan of other bytes',
      ({ tensors, facts }) =>
        void tensors.set(facts['plan'] as string, tensor('uint8', [2], Uint8Array.of(123, 125))),
    ],
    ['arguments that are missing', ({ tensors }) => tensors.delete('argument.0')],
    ['fewer arguments than the plan has', ({ facts }) => Object.assign(facts, { arguments: 0 })],
    [
      'arguments of another type',
      ({ tensors }) => void tensors.set('argument.0', tensor('int32', [1], Int32Array.of(2))),
    ],
    ['a client that is not there', ({ tensors }) => (tensors.get('cohorts')!.data as Int32Array).set([6])],
    [
      'a cohort of less than nobody',
      ({ tensors }) => (tensors.get('cohortSizes')!.data as Int32Array).set([-1, 5]),
    ],
    [
      'cohorts of more',
      ({ tensors }) => (tensors.get('cohortSizes')!.data as Int32Array).set([2_000_000_000]),
    ],
    ['clients of one name', ({ tensors }) => void tensors.set('clients', text('["a","a","b","c","d","e"]'))],
    ['clients that are no text', ({ tensors }) => void tensors.set('clients', text('[1,2,3,4,5,6]'))],
    ['clients that are no JSON', ({ tensors }) => void tensors.set('clients', text('["a"'))],
  ])('`readSubmission` refuses %s', async (_, change) => {
    const bytes = await changed(change);
    expect(() => readSubmission(bytes)).toThrow(expect.objectContaining({ code: 'bad-submission' }));
  });

  test('`readSubmission` refuses bytes that are none, wherever they are cut', async () => {
    const bytes = await writeSubmission({ run });
    for (let length = 0; length < bytes.length; length += Math.ceil(bytes.length / 64)) {
      expect(() => readSubmission(bytes.slice(0, length))).toThrow(
        expect.objectContaining({ code: 'bad-submission' }),
      );
    }
  });
});

function text(json: string): ReturnType<typeof tensor> {
  const bytes = new TextEncoder().encode(json);
  return tensor('uint8', [bytes.length], bytes);
}
