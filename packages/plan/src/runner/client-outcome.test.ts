import { readFileSync } from 'node:fs';
import { RejectedUpdateError, StarlingError, type Tensor, tensor } from '@starling/federated-core';
import { assert, describe, expect, test } from 'vitest';
import { clientOutcome } from './client-outcome.js';

const leaves: readonly Tensor[] = [tensor('float32', [], Float32Array.of(1))];
const fails = (message: string) => () => {
  throw new Error(message);
};

describe('clientOutcome', () => {
  test('`clientOutcome` gives the update when it is accepted', async () => {
    const twice = async (input: readonly Tensor[]) => [...input, ...input];
    const { report, update } = await clientOutcome(
      'a',
      () => leaves,
      twice,
      () => null,
    );
    assert.deepEqual(report, { client: 'a', status: 'accepted' });
    assert.deepEqual(update, [...leaves, ...leaves]);
  });

  // A user's own error names the line of this file where `fails` throws: the first with these words.
  const lines = readFileSync(new URL(import.meta.url), 'utf8').split('\n');
  const line = lines.findIndex((text) => text.includes('throw new Error(message)')) + 1;
  const at = ` (at client-outcome.test.ts:${line}:9)`;
  const known = new StarlingError('bad-file', 'no header');
  test.each([
    ['its data cannot be had', { load: fails('no disk'), code: 'load-failed', reason: `no disk${at}` }],
    ['its work throws', { work: fails('no kernel'), code: 'work-failed', reason: `no kernel${at}` }],
    ['an error says all', { load: () => Promise.reject(known), code: 'load-failed', reason: 'no header' }],
    [
      'what is thrown is no error',
      { load: () => Promise.reject('text'), code: 'load-failed', reason: 'text' },
    ],
    [
      'what is thrown cannot be read',
      {
        load: () => Promise.reject(Object.create(null)),
        code: 'load-failed',
        reason: 'what was thrown cannot be read',
      },
    ],
    [
      'the stack of an error is no text',
      {
        load: () => Promise.reject(Object.assign(new Error('odd'), { stack: {} })),
        code: 'load-failed',
        reason: 'odd',
      },
    ],
  ])('`clientOutcome` drops the client when %s', async (_, { code, reason, ...parts }) => {
    const { load = () => leaves, work = async () => leaves } = parts as {
      load?: () => typeof leaves;
      work?: () => Promise<typeof leaves>;
    };
    const { report, update } = await clientOutcome('a', load, work, () => null);
    assert.deepEqual(report, { client: 'a', status: 'dropped', code, reason });
    assert.isNull(update);
  });

  test('`clientOutcome` rejects the update when the check refuses it, or the work does', async () => {
    const refusal = new RejectedUpdateError('key-out-of-range', 'no such key');
    const refusing = async (): Promise<never> => {
      throw refusal;
    };
    const checked = await clientOutcome(
      'a',
      () => leaves,
      async () => leaves,
      () => refusal,
    );
    const worked = await clientOutcome(
      'a',
      () => leaves,
      refusing,
      () => null,
    );
    for (const { report } of [checked, worked]) {
      expect(report).toEqual({
        client: 'a',
        status: 'rejected',
        code: 'key-out-of-range',
        reason: 'no such key',
      });
    }
  });
});
