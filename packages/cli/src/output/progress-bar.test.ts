import { describe, expect, test } from 'vitest';
import { round, start, summary } from '../testing/run-events.js';
import { barLine, progressBar } from './progress-bar.js';

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
