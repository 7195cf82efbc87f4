import { CommanderError } from 'commander';
import { describe, expect, test } from 'vitest';
import { exitCodeOf } from './exit-codes.js';
import { UsageError } from './usage-error.js';

describe('exitCodeOf', () => {
  test('tells a wrong command line from a failed run, an interrupt and help', () => {
    const aborted = AbortSignal.abort().reason as unknown;
    const help = new CommanderError(0, 'commander.helpDisplayed', '(outputHelp)');
    const codes = [new UsageError('x'), new Error('x'), aborted, help, 'text'].map(exitCodeOf);
    expect(codes).toEqual([2, 1, 130, 0, 1]);
  });
});
