import { createOnnxEngine, localComputation, localRunner } from '@starling/compute';
import { float32, seedFrom, tensor } from '@starling/federated-core';
import { numberColumn, orderedNumber } from '@starling/population';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { orderedBytes } from './ordered-bytes.js';

const engine = await createOnnxEngine();
const run = localRunner(engine);
const work = localComputation(float32(), (x) => orderedBytes(x));
const bytesOf = async (x: number): Promise<readonly number[]> => {
  const [bytes] = await run(work, [tensor('float32', [], Float32Array.of(x))], seedFrom(0));
  return [...(bytes!.data as Int32Array)];
};

describe('orderedBytes', () => {
  test('writes what tables write, at the edges', async () => {
    const largest = 3.4028234663852886e38;
    for (const x of [
      0,
      -0,
      1,
      -1,
      0.1,
      2 ** -126,
      -(2 ** -126),
      largest,
      -largest,
      1 / 0,
      -1 / 0,
      Number.NaN,
      16777217,
    ]) {
      expect([x, await bytesOf(x)]).toEqual([x, orderedNumber(numberColumn('float32'), Math.fround(x))]);
    }
  });

  test('writes what tables write, of any number that is not tiny', async () => {
    const numbers = fc.float({ noNaN: true }).filter((x) => x === 0 || Math.abs(x) >= 2 ** -126);
    await fc.assert(
      fc.asyncProperty(numbers, async (x) => {
        expect(await bytesOf(x)).toEqual(orderedNumber(numberColumn('float32'), x));
      }),
      { numRuns: 300 },
    );
  });
});
