import { tensor } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { summarizeLeaf } from './summarize-leaf.js';

describe('summarizeLeaf', () => {
  test('`summarizeLeaf` gives range, mean and norm of floats', () => {
    // mean (3 + 4 − 1) / 3 = 2; norm √(9 + 16 + 1).
    expect(summarizeLeaf(tensor('float32', [3], Float32Array.of(3, 4, -1)))).toEqual({
      dtype: 'float32',
      shape: [3],
      least: -1,
      largest: 4,
      mean: 2,
      norm: Math.sqrt(26),
      nonFinite: 0,
      firstNonFinite: -1,
      values: null,
    });
  });

  test('`summarizeLeaf` counts what is not finite, says where it begins, and leaves it out of range and mean', () => {
    const values = Float32Array.of(1, Number.NaN, 3, Number.POSITIVE_INFINITY);
    expect(summarizeLeaf(tensor('float32', [2, 2], values))).toMatchObject({
      least: 1,
      largest: 3,
      mean: 2,
      nonFinite: 2,
      firstNonFinite: 1,
    });
    const none = summarizeLeaf(tensor('float32', [0], new Float32Array(0)));
    expect(none).toMatchObject({ least: null, largest: null, mean: null, norm: 0, nonFinite: 0 });
  });

  test('`summarizeLeaf` counts the values of labels, while there are few', () => {
    const labels = tensor('int32', [4], Int32Array.of(7, 9, 9, 9));
    expect(summarizeLeaf(labels).values).toEqual([
      ['9', 3],
      ['7', 1],
    ]);
    const many = tensor(
      'int32',
      [21],
      Int32Array.from({ length: 21 }, (_, index) => index),
    );
    expect(summarizeLeaf(many).values).toBeNull();
    expect(summarizeLeaf(tensor('string', [2], ['a', 'a']))).toMatchObject({
      norm: null,
      values: [['a', 2]],
    });
  });
});
