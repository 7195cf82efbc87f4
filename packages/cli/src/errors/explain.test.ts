import { CommanderError } from 'commander';
import { describe, expect, test, vi } from 'vitest';
import { explain } from './explain.js';
import { UsageError } from './usage-error.js';

/** What `explain` says of the lines of this file, without their numbers. */
const explained = async (error: unknown): Promise<string | null | undefined> =>
  (await explain(error))?.replaceAll(import.meta.filename, 'here').replace(/:\d+:\d+/g, ':…');

describe('explain', () => {
  test('gives the causes below, but not those that the message repeats', async () => {
    const cause = new UsageError('no file', { cause: new Error('no disk') });
    expect(await explained(new UsageError('Cannot start', { cause }))).toBe(
      'Cannot start\n  because: no file\n  because: no disk',
    );
    const repeated = new UsageError('Cannot start: no file', { cause: new Error('no file') });
    expect(await explained(repeated)).toBe('Cannot start: no file');
  });

  test('gives every line of an error, and the first of a usage error’s causes', async () => {
    const lines = 'Cannot resume: it differs in\n    seed: 7 → 8';
    expect(await explained(new UsageError(lines, { cause: new Error(lines) }))).toBe(lines);
    expect(await explained(new UsageError('Cannot resume', { cause: new Error(lines) }))).toBe(
      'Cannot resume\n  because: Cannot resume: it differs in',
    );
  });

  test('gives the name and the stack of what the user’s own code threw', async () => {
    function read(): never {
      throw new RangeError('no such row');
    }
    const error = await Promise.resolve()
      .then(read)
      .catch((thrown: unknown) => thrown);
    expect(await explained(error)).toMatch(
      /^RangeError: no such row\n {4}at read \(here:…\)(\n {4}at .*here:….*)*$/,
    );
  });

  test('gives no second place when the message names one', async () => {
    const placed = 'Cannot map: it must fit\n    at /home/ann/study.ts:3:5';
    expect(await explain(new Error(placed))).toBe(placed);
  });

  test('adds the way there of a cause whose words and place the message repeats', async () => {
    const cause = new TypeError('x is not a function');
    cause.stack = [
      'TypeError: x is not a function',
      `    at helper (${import.meta.filename}:1:2)`,
      `    at ${import.meta.filename}:3:4`,
    ].join('\n');
    const words = `Cannot trace: need values, got TypeError: x is not a function\n    at ${import.meta.filename}:1:2`;
    expect(await explain(new Error(words, { cause }))).toBe(`${words}\n    at ${import.meta.filename}:3:4`);
  });

  test('gives a cause with its own place', async () => {
    const cause = new TypeError('rows is undefined');
    expect(await explained(new Error('Cannot train\n    at /home/ann/study.ts:3:5', { cause }))).toMatch(
      /^Cannot train\n {4}at \/home\/ann\/study\.ts:…\n {2}because: TypeError: rows is undefined\n {6}at .*here:…/,
    );
  });

  test('gives what is thrown and is no error as text', async () => {
    expect(await explained('text')).toBe('text');
  });

  test('gives all that Node knows with STARLING_DEBUG', async () => {
    vi.stubEnv('STARLING_DEBUG', '1');
    const text = await explained(new Error('x', { cause: new Error('y') }));
    vi.unstubAllEnvs();
    expect(text).toContain('[cause]: Error: y');
  });

  test('is null when commander has already printed', async () => {
    expect(await explain(new CommanderError(0, 'commander.helpDisplayed', '(outputHelp)'))).toBe(null);
  });
});
