// Tests of the ways in which a run is shown: JSON lines, plain lines, the bar.

import type { LostClients, RoundLine, RunStart, RunSummary } from '@starling/runtime/events';
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
const missing: LostClients = {
  status: 'dropped',
  code: 'load-failed',
  phase: 0,
  reason: 'no file',
  count: 1,
  clients: ['client-4'],
};
const round: RoundLine = {
  type: 'round',
  round: 3,
  metrics: { loss: 0.25 },
  cohort: 10,
  accepted: 9,
  rejected: 0,
  dropped: 1,
  lost: [missing],
  wallMs: 500,
};
const failedRound = {
  ...round,
  type: 'failed-round',
  code: 'too-few-reports',
  message: 'Cannot finish round 3: need 10 reports, got 9 of 10\n    1 dropped',
} as const;
const summary: RunSummary = {
  start,
  rounds: 20,
  failedRounds: 0,
  metrics: { loss: 0.125 },
  stateHash: 'ab12',
  wallMs: 4100.00049,
  interrupted: false,
};

describe('jsonLines', () => {
  test('writes the lines of the record, and nothing else', () => {
    const lines: string[] = [];
    const observer = jsonLines((line) => lines.push(line));
    observer.started?.(start);
    observer.record?.(round);
    observer.round?.(round);
    observer.finished?.(summary);
    expect(lines.map((line) => JSON.parse(line))).toEqual([round]);
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
      '  1 dropped, load-failed: no file',
      '    client-4',
      "  load-failed: fix what the population's load reads for these clients, or draw",
      '    cohorts without them',
      '20 rounds in 4.1 s, state ab12',
      'missing 1 of 10 updates: 1 load-failed',
    ]);
  });

  test('tells of a failed round in a line, and of failed rounds at the end', () => {
    const lines: string[] = [];
    const observer = plainLines((line) => lines.push(line));
    observer.started?.(start);
    observer.round?.(round);
    observer.failedRound?.(failedRound);
    observer.finished?.({ ...summary, failedRounds: 1 });
    // The reason was told in the round before.
    expect(lines.slice(6)).toEqual([
      'round  3/20  failed  9/10 clients  too-few-reports: need 10 reports, got 9 of 10',
      '20 rounds, 1 of them failed, in 4.1 s, state ab12',
      'missing 2 of 20 updates: 2 load-failed',
    ]);
  });
});

describe('plainLines', () => {
  test('writes only some rounds when asked to, and always the last', () => {
    const lines: string[] = [];
    const observer = plainLines((line) => lines.push(line), 8);
    observer.started?.(start);
    for (let index = 1; index <= 20; index++) observer.round?.({ ...round, lost: [], round: index });
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
    observer.round?.({ ...round, round: 5, lost: [], metrics: { loss: 0.25, accuracy: 0.5 } });
    // 5 of 20 rounds fill 6 of 24 cells; 9 accepted clients in half a second are 18 a second.
    expect(task.output).toBe('██████░░░░░░░░░░░░░░░░░░  5/20  accuracy 0.5  loss 0.25  18 clients/s  500 ms');
    observer.finished?.(summary);
    expect(task.title).toMatch(/: 20 rounds in 4\.1 s, state ab12$/);
  });

  test('shows below it who is missing in all rounds so far, and at the end what to do', () => {
    const task = { title: 'mnist', output: '' };
    const observer = progressBar(task);
    observer.started?.(start);
    for (const index of [1, 2]) observer.round?.({ ...round, round: index });
    const lost = [
      'missing 2 of 20 updates: 2 load-failed',
      '  2 dropped, load-failed: no file',
      '    client-4',
    ];
    expect(task.output.split('\n').slice(1)).toEqual(lost);
    observer.finished?.(summary);
    expect(task.output.split('\n').slice(1, 5)).toEqual([
      ...lost,
      "  load-failed: fix what the population's load reads for these clients, or",
    ]);
  });
});

describe('barLine', () => {
  test('fills by the share of rounds done', () => {
    expect(barLine(5, 20, 8)).toBe('██░░░░░░');
    expect(barLine(0, 0, 4)).toBe('░░░░');
  });
});
