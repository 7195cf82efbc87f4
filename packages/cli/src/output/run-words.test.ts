import { describe, expect, test } from 'vitest';
import { start } from '../testing/run-events.js';
import { describeStart } from './run-words.js';

describe('describeStart', () => {
  test('`describeStart` counts the workers of any runtime, and none when it has none', () => {
    const of = (runtime: string, workers: number | null): string =>
      describeStart({ ...start, runtime, workers });
    expect(of('in-process', null)).toBe('mnist on in-process: 100 clients, 20 rounds, seed 1');
    expect(of('fleet', 1)).toBe('mnist on fleet (1 worker): 100 clients, 20 rounds, seed 1');
  });
});
