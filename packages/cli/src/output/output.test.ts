// Tests of the ways in which a run is shown: JSON lines, plain lines, the bar.

import type { RoundSummary, RunStart, RunSummary } from '@starling/runtime/events';
import { describe, expect, test } from 'vitest';
import { jsonLines } from './json-lines.js';
import { describeStart, plainLines } from './plain-lines.js';
import { barLine, progressBar } from './progress-bar.js';
import { createRate } from './rate.js';

const start: RunStart = {
  federation: 'mnist',
  description: 'digits',
  runtime: 'threads',
  workers: 2,
  rounds: 20,
  seed: 1,
  population: 100,
  settings: {},
  headline: null,
};
const round: RoundSummary = { round: 3, metrics: { loss: 0.25 }, wallMs: 500, accepted: 9, cohort: 10 };
const summary: RunSummary = {
  start,
  rounds: 20,
  metrics: { loss: 0.125 },
  stateHash: 'ab12',
  wallMs: 4100.00049,
  interrupted: false,
};

describe('jsonLines', () => {
  test('writes one object a round and a summary', () => {
    const lines: string[] = [];
    const observer = jsonLines((line) => lines.push(line));
    observer.round?.(round);
    observer.finished?.(summary);
    expect(lines).toEqual([
      '{"type":"round","round":3,"metrics":{"loss":0.25},"wallMs":500}',
      '{"type":"summary","rounds":20,"metrics":{"loss":0.125},"stateHash":"ab12","wallMs":4100}',
    ]);
  });
});

describe('describeStart', () => {
  test('`describeStart` counts the workers of any runtime, and none when it has none', () => {
    const of = (runtime: string, workers: number | null): string =>
      describeStart({ ...start, runtime, workers });
    expect(of('in-process', null)).toBe('mnist on in-process: 100 clients, 20 rounds, seed 1');
    expect(of('fleet', 1)).toBe('mnist on fleet (1 worker): 100 clients, 20 rounds, seed 1');
  });
});

describe('plainLines', () => {
  test('shows the round, its metrics and clients a second', () => {
    const lines: string[] = [];
    const observer = plainLines((line) => lines.push(line));
    observer.started?.(start);
    observer.ready?.(420);
    observer.round?.(round);
    observer.finished?.(summary);
    // 9 accepted clients in half a second: 18 a second.
    expect(lines).toEqual([
      'mnist on threads (2 workers): 100 clients, 20 rounds, seed 1',
      'ready in 420 ms',
      'round  3/20  loss 0.25  9/10 clients  18 clients/s  500 ms',
      '20 rounds in 4.1 s, state ab12',
    ]);
  });
});

describe('plainLines', () => {
  test('writes only some rounds when asked to, and always the last', () => {
    const lines: string[] = [];
    const observer = plainLines((line) => lines.push(line), 8);
    observer.started?.(start);
    for (let index = 1; index <= 20; index++) observer.round?.({ ...round, round: index });
    expect(lines.slice(1).map((line) => line.slice(0, 11))).toEqual([
      'round  8/20',
      'round 16/20',
      'round 20/20',
    ]);
  });
});

describe('createRate', () => {
  test('forgets rounds that left the window', () => {
    const rate = createRate();
    rate.add({ accepted: 1000, wallMs: 1 });
    for (let index = 0; index < 9; index++) rate.add({ accepted: 1, wallMs: 100 });
    expect(rate.add({ accepted: 1, wallMs: 100 })).toBe(10);
  });

  test('is zero when no time passed', () => {
    expect(createRate().add({ accepted: 5, wallMs: 0 })).toBe(0);
  });
});

describe('progressBar', () => {
  test('shows the run in the title and round, metrics and speed below', () => {
    const task = { title: 'mnist', output: '' };
    const observer = progressBar(task);
    observer.started?.({ ...start, headline: 'accuracy' });
    expect(task.title).toBe('mnist on threads (2 workers): 100 clients, 20 rounds, seed 1');
    observer.round?.({ ...round, round: 5, metrics: { loss: 0.25, accuracy: 0.5 } });
    // 5 of 20 rounds fill 6 of 24 cells; 9 accepted clients in half a second are 18 a second.
    expect(task.output).toBe('██████░░░░░░░░░░░░░░░░░░  5/20  accuracy 0.5  loss 0.25  18 clients/s  500 ms');
    observer.finished?.(summary);
    expect(task.title).toMatch(/: 20 rounds in 4\.1 s, state ab12$/);
  });
});

describe('barLine', () => {
  test('fills by the share of rounds done', () => {
    expect(barLine(5, 20, 8)).toBe('██░░░░░░');
    expect(barLine(0, 0, 4)).toBe('░░░░');
  });
});
