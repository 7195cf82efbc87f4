import type { NonFiniteOrigin } from '@starling/compute/eager';
import { describe, expect, test } from 'vitest';
import { formatOrigin } from './origin-text.js';

const origin: NonFiniteOrigin = {
  kernel: 'Log',
  value: Number.NaN,
  computation: 'client work',
  inGradient: false,
  steps: [{ loop: 'sequenceReduce', step: 2, steps: 8 }],
  inputs: [{ name: 'x', shape: [10], least: -0.5, largest: 3 }],
  line: '/home/ann/study.ts:12:9',
};

describe('formatOrigin', () => {
  test('`formatOrigin` names kernel, computation, step, line, and what the kernel read', () => {
    expect(formatOrigin(['kernel', 'loss'], origin)).toBe(
      `NaN in kernel, loss: made by Log in 'client work', step 2 of 8
    at /home/ann/study.ts:12:9
    it read x [10]: -0.5 to 3`,
    );
  });

  test('`formatOrigin` says when it is of a gradient, in a scan, and of one number', () => {
    const text = formatOrigin(['kernel'], {
      ...origin,
      value: Number.POSITIVE_INFINITY,
      inGradient: true,
      steps: [...origin.steps, { loop: 'scan', step: 3, steps: 28 }],
      inputs: [{ name: 'b', shape: [], least: 0, largest: 0 }],
    });
    expect(text).toBe(
      `Infinity in kernel: made by Log in 'client work', in a gradient, step 2 of 8, step 3 of 28 of a scan
    which it takes of /home/ann/study.ts:12:9
    it read b []: 0`,
    );
  });

  test('`formatOrigin` says when it came in from outside', () => {
    const given = { ...origin, kernel: null, inputs: [], line: null, steps: [] };
    expect(formatOrigin(['loss'], given)).toBe(
      "NaN in loss: it came into 'client work' with the client's data or with what it was sent",
    );
  });
});
