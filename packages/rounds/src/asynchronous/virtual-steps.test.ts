import { deriveSeed, generator, seedFrom } from '@starling/federated-core';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createVirtualSteps, type VirtualStep, type VirtualStepsOptions } from './virtual-steps.js';

const seed = seedFrom(5);
const permuted = (population: number) => (index: number) => [
  ...generator(deriveSeed(seed, index)).permutation(population),
];
/** Exponential, of mean 1: drawn for each flight. */
const drawn: VirtualStepsOptions['latencyOf'] = ({ number }) =>
  -Math.log(1 - generator(deriveSeed(seed, 'latency', number)).uniform());
const optionsOf = (more: Partial<VirtualStepsOptions> = {}): VirtualStepsOptions => ({
  settings: { buffer: 3, concurrency: 8, maxStaleness: 4 },
  population: 20,
  draw: permuted(20),
  latencyOf: drawn,
  ...more,
});
/** Steps, of which those listed fail at their first attempt. */
function walk(options: VirtualStepsOptions, steps: number, failing: readonly number[] = []) {
  const virtual = createVirtualSteps(options);
  const walked: VirtualStep[] = [];
  while (walked.filter(({ attempt, step }) => attempt > 1 || !failing.includes(step)).length < steps) {
    const due = virtual.due();
    walked.push(due);
    virtual.over(due.attempt > 1 || !failing.includes(due.step));
  }
  return walked;
}

describe('createVirtualSteps', () => {
  test('`createVirtualSteps` goes by arrival: a slow client counts in a later step, as stale', () => {
    // Clients 0, 1, 2, … in turn, two at work, one report a step. Flight 1 takes 5 ms, all others 2 ms.
    const options = optionsOf({
      settings: { buffer: 1, concurrency: 2, maxStaleness: 9 },
      draw: (index) => [(index - 1) % 20],
      latencyOf: ({ number }) => (number === 1 ? 5 : 2),
    });
    const told = walk(options, 4).map(({ atMs, reports }) => [
      atMs,
      reports.map(({ client, version, staleness }) => [client, version, staleness]),
    ]);
    expect(told).toEqual([
      [2, [[1, 0, 0]]], // asked at 0
      [4, [[2, 1, 0]]], // asked at 2
      [5, [[0, 0, 2]]], // asked at 0, when nothing was committed: two steps old
      [6, [[3, 2, 1]]], // asked at 4, before the third step
    ]);
  });

  test('`createVirtualSteps` is rounds of cohorts where all take equally long and a buffer is a cohort', () => {
    const cohort = 4;
    const draw = (index: number) => permuted(20)(index).slice(0, cohort);
    const settings = { buffer: cohort, concurrency: cohort, maxStaleness: 0 };
    const steps = walk(optionsOf({ settings, draw, latencyOf: () => 7 }), 5);
    expect(steps.map(({ atMs }) => atMs)).toEqual([7, 14, 21, 28, 35]);
    expect(steps.map(({ reports }) => reports.map(({ client }) => client))).toEqual(
      [1, 2, 3, 4, 5].map(draw),
    );
    expect(steps.flatMap(({ reports }) => reports.map(({ staleness }) => staleness))).not.toContain(1);
  });

  test('`createVirtualSteps` refuses what is too stale, and counts it nowhere', () => {
    const steps = walk(optionsOf({ settings: { buffer: 3, concurrency: 8, maxStaleness: 1 } }), 40);
    const refused = steps.flatMap((step) => step.refused);
    const counted = steps.flatMap((step) => step.reports);
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.every(({ staleness }) => staleness > 1)).toBe(true);
    expect(counted.every(({ staleness }) => staleness <= 1)).toBe(true);
    const numbers = [...refused, ...counted].map(({ number }) => number);
    expect(new Set(numbers).size).toBe(numbers.length);
  });

  test('`createVirtualSteps` comes to the same when it is gone through again, failures included', () => {
    const whole = walk(optionsOf(), 12, [3, 4, 9]);
    expect(walk(optionsOf(), 12, [3, 4, 9])).toEqual(whole);
    expect(whole.length).toBe(15);
    expect(walk(optionsOf(), 7, [3, 4])).toEqual(whole.slice(0, 9));
    // Nobody's report counts after the attempt that it was in has failed.
    const numbers = whole.flatMap(({ reports }) => reports.map(({ number }) => number));
    expect(new Set(numbers).size).toBe(numbers.length);
  });

  test('`createVirtualSteps` has a version at hand as long as it says', () => {
    const runs = fc.record({
      buffer: fc.integer({ min: 1, max: 6 }),
      concurrency: fc.integer({ min: 1, max: 15 }),
      maxStaleness: fc.integer({ min: 0, max: 8 }),
    });
    fc.assert(
      fc.property(runs, (settings) => {
        const steps = walk(optionsOf({ settings }), 25);
        for (const [at, { oldestVersion }] of steps.entries()) {
          const later = steps.slice(at + 1).flatMap(({ reports }) => reports);
          const earlier = later.filter(({ version }) => version <= at).map(({ version }) => version);
          expect(Math.min(...earlier, Number.POSITIVE_INFINITY)).toBeGreaterThanOrEqual(oldestVersion);
        }
      }),
      { numRuns: 30 },
    );
  });

  test('`createVirtualSteps` says so when the sampler draws too few clients for a step', () => {
    const options = optionsOf({ draw: () => [1, 2] });
    expect(() => createVirtualSteps(options).due()).toThrow(
      'Cannot take step 1: need 3 reports, got 2, and the sampler draws no client that is free. It must draw at least 3 different ones',
    );
  });
});
