import { describe, expect, test } from 'vitest';
import * as tf from './tf.js';

describe('chainOperations', () => {
  test('lets operations be called on a tensor', () => {
    const x = tf.tensor2d([
      [1, 2],
      [3, 4],
    ]);
    // (1 + 1) + (2 + 1) + (3 + 1) + (4 + 1) = 14
    expect(x.add(1).sum().arraySync()).toBe(14);
    expect(
      x
        .flatten()
        .concat(tf.tensor1d([5]))
        .arraySync(),
    ).toEqual([1, 2, 3, 4, 5]);
    expect(
      x
        .where(
          tf.tensor2d(
            [
              [1, 0],
              [0, 1],
            ],
            [2, 2],
            'bool',
          ),
          tf.zeros([2, 2]),
        )
        .arraySync(),
    ).toEqual([
      [1, 0],
      [0, 4],
    ]);
  });
});
