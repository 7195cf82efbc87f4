import { CommanderError } from 'commander';
import { describe, expect, test } from 'vitest';
import { exitCodeOf, explain } from './explain.js';
import { UsageError } from './usage-error.js';

describe('exitCodeOf', () => {
  test('tells a wrong command line from a failed run, an interrupt and help', () => {
    const aborted = AbortSignal.abort().reason as unknown;
    const help = new CommanderError(0, 'commander.helpDisplayed', '(outputHelp)');
    const codes = [new UsageError('x'), new Error('x'), aborted, help, 'text'].map(exitCodeOf);
    expect(codes).toEqual([2, 1, 130, 0, 1]);
  });
});

describe('explain', () => {
  test('gives the causes below, but not those that the message repeats', () => {
    const cause = new Error('no file', { cause: new Error('no disk') });
    expect(explain(new Error('Cannot start', { cause }))).toBe(
      'Cannot start\n  because: no file\n  because: no disk',
    );
    expect(explain(new Error('Cannot start: no file', { cause: new Error('no file') }))).toBe(
      'Cannot start: no file',
    );
  });

  test('gives every line of a usage error, and the first of any other', () => {
    const lines = 'Cannot resume: it differs in\n    seed: 7 → 8';
    expect(explain(new UsageError(lines, { cause: new Error(lines) }))).toBe(lines);
    expect(explain(new Error(lines))).toBe('Cannot resume: it differs in');
  });

  test('is null when commander has already printed', () => {
    expect(explain(new CommanderError(0, 'commander.helpDisplayed', '(outputHelp)'))).toBe(null);
  });
});
