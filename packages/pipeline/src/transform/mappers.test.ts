import { createOnnxEngine, localComputation, localRunner, tf } from '@starling/compute';
import { int32, seedFrom, type Tensor, tensor } from '@starling/federated-core';
import { textBytes, textColumn } from '@starling/population';
import { describe, expect, test } from 'vitest';
import { hashText } from './mappers.js';

const word = textColumn(8);
const run = localRunner(await createOnnxEngine());

async function hashesOf(texts: readonly string[], places: number): Promise<readonly number[]> {
  const type = int32(texts.length, word.maxBytes);
  const graph = localComputation({ text: type }, ({ text }) => hashText(text, places));
  const bytes = Int32Array.from(texts.flatMap((text) => [...textBytes(word, text)]));
  const [hashes] = await run(graph, [tensor('int32', [texts.length, word.maxBytes], bytes)], seedFrom(0));
  return [...((hashes as Tensor).data as Int32Array)];
}

describe('hashText', () => {
  test('gives equal texts one place, among as many as it is told', async () => {
    const hashes = await hashesOf([...'abcabc'], 5);
    expect(hashes.slice(0, 3)).toEqual(hashes.slice(3));
    for (const place of hashes) expect([0, 1, 2, 3, 4]).toContain(place);
  });

  test.each([
    [
      'a thousand names',
      Array.from({ length: 1000 }, (_, at) => `user${1000 + at}`),
      [2, 3, 10, 18, 32, 1000],
    ],
    ['26 letters', [...'abcdefghijklmnopqrstuvwxyz'], [2, 3, 6]],
  ])('spreads %s evenly, over whatever number of places', async (_, texts, counts) => {
    for (const places of counts) {
      const taken = new Array<number>(places).fill(0);
      for (const place of await hashesOf(texts, places)) taken[place]! += 1;
      // Of random places the sum of (taken − mean)² / mean has the mean n − 1 and the variance 2 (n − 1): within five
      // standard deviations.
      const mean = texts.length / places;
      const chiSquare = taken.reduce((sum, count) => sum + (count - mean) ** 2 / mean, 0);
      expect(Math.abs(chiSquare - (places - 1))).toBeLessThan(5 * Math.sqrt(2 * (places - 1)));
    }
  });

  test('needs a column of text, as it is', () => {
    expect(() => hashText(tf.zeros([2, 8]), 5)).toThrow('need a column of text, as it is, got float32 [2,8]');
  });
});
