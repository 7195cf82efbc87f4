// vitest fails a run in which a rejection is handled by nobody: these tests only wait until that would show.
import { setTimeout } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { federatedComputation } from '../computations/federated-computation.js';
import type { federatedSum } from '../intrinsics/sums/federated-sum.js';
import { atClients, float32 } from '../types/types.js';
import { ignoreRejections } from './ignore-rejections.js';
import { TypeMismatchError } from './starling-error.js';

const fail = async (): Promise<never> => {
  throw new Error('nobody waits for this');
};

describe('ignoreRejections', () => {
  test('gives back what it was given, and no promise in it ends the process', async () => {
    const returned = { a: [fail(), 1], b: { c: fail() } };
    expect(ignoreRejections(returned)).toBe(returned);
    await setTimeout(10);
  });

  test('sees promises in any place of what the body of a computation returns', async () => {
    for (const body of [fail, () => ({ a: fail(), b: [fail()] })]) {
      const trace = () => federatedComputation(atClients(float32()), body as never as typeof federatedSum);
      expect(trace).toThrow(TypeMismatchError);
    }
    await setTimeout(10);
  });
});
