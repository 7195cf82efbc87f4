import { setTimeout } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { StarlingError } from './starling-error.js';
import { runBody } from './user-body.js';

describe('runBody', () => {
  const run = (body: () => unknown) => () => runBody('Cannot trace it', 'its body must take numbers', body);

  test('gives what the body returns', () => {
    expect(run(() => 7)()).toBe(7);
  });

  test('gives words to a slip of the body, with its line and its cause', () => {
    const slip = run(() => (undefined as never as { map(): void }).map());
    expect(slip).toThrow(StarlingError);
    expect(slip).toThrow(
      /^Cannot trace it: its body must take numbers, got TypeError: Cannot read properties of undefined \(reading 'map'\)\n {4}at .*user-body\.test\.ts:14:\d+$/,
    );
    expect(slip).toThrow(expect.objectContaining({ code: 'body-failed', cause: expect.any(TypeError) }));
  });

  test.each([new RangeError('mine'), new TypeError('Cannot add: need numbers, got text'), 'text'])(
    'lets %s pass as it is',
    (thrown) => {
      let caught: unknown;
      try {
        run(() => {
          throw thrown;
        })();
      } catch (error) {
        caught = error;
      }
      expect(caught).toBe(thrown);
    },
  );

  test('lets promises in what the body returns reject without notice', async () => {
    const fail = async (): Promise<never> => {
      throw new Error('nobody waits for this');
    };
    // vitest fails a run in which a rejection is handled by nobody: wait until that would show.
    const returned = run(() => ({ a: [fail()] }))() as { readonly a: readonly Promise<never>[] };
    await setTimeout(10);
    await expect(returned.a[0]).rejects.toThrow('nobody waits');
  });
});
