import { describe, expect, test } from 'vitest';
import { start, summary } from '../testing/run-events.js';
import { describeBest, describeEvaluation, describeStart } from './run-words.js';

describe('describeStart', () => {
  test('`describeStart` counts the workers of any runtime, and none when it has none', () => {
    const of = (runtime: string, workers: number | null): string =>
      describeStart({ ...start, runtime, workers });
    expect(of('in-process', null)).toBe('mnist on in-process: 100 clients, 20 rounds, seed 1');
    expect(of('fleet', 1)).toBe('mnist on fleet (1 worker): 100 clients, 20 rounds, seed 1');
  });
});

describe('describeEvaluation', () => {
  test('`describeEvaluation` says when, on whom, and whether it is revealing', () => {
    const of = (every: number, clients: number | null, revealing = false) =>
      describeEvaluation({ ...start, evaluation: { every, clients, revealing } });
    expect(describeEvaluation(start)).toBeNull();
    expect(of(1, null)).toBe('evaluated every round at the server');
    expect(of(5, 20)).toBe('evaluated every 5 rounds on 20 clients');
    expect(of(5, 1, true)).toBe(
      'evaluated every 5 rounds on 1 client; revealing: the server sees what single clients find',
    );
  });
});

describe('describeBest', () => {
  test('`describeBest` says why a run ended early, and which state was the best', () => {
    const of = (more: Partial<typeof summary>) =>
      describeBest({ ...summary, start: { ...start, bestBy: 'evaluation.loss' }, ...more });
    expect(of({})).toEqual([]);
    expect(of({ stopped: 'patience', best: { round: 7, value: 0.25 } })).toEqual([
      'ended early, after 20 rounds: evaluation.loss gets no better',
      'best: evaluation.loss 0.25, after round 7',
    ]);
    expect(of({ stopped: 'target' })).toEqual([
      'ended early, after 20 rounds: evaluation.loss has reached its target',
    ]);
  });
});
