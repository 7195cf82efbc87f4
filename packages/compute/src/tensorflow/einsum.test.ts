import { float32 } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { kernelGraphOf, localComputation } from '../capture/local-computation.js';
import { nodeNames } from '../testing/graphs.js';
import { contract } from './einsum.js';
import * as tf from './tf.js';

const range = (...shape: number[]): tf.Tensor =>
  tf.reshape(tf.range(1, 1 + shape.reduce((a, b) => a * b, 1)), shape);

describe('contract', () => {
  // tf.js's own einsum, which multiplies element by element, is the independent formula.
  test.each<[string, number[][]]>([
    ['ij->ji', [[2, 3]]],
    ['ijk->k', [[2, 3, 2]]],
    [
      'ij,jk->ik',
      [
        [2, 3],
        [3, 2],
      ],
    ],
    ['i,i->', [[3], [3]]],
    ['i,j->ij', [[2], [3]]],
    [
      'bqd,bkd->bqk',
      [
        [2, 3, 2],
        [2, 4, 2],
      ],
    ],
    [
      'abc,cde->abde',
      [
        [2, 1, 3],
        [3, 2, 2],
      ],
    ],
    [
      'bij,jb->i',
      [
        [2, 3, 2],
        [2, 2],
      ],
    ],
  ])('%s is the sum that tf.einsum gives', (equation, shapes) => {
    const operands = shapes.map((shape) => range(...shape));
    const expected = tf.einsum(equation, ...operands);
    const actual = contract(equation, operands);
    expect(actual.shape).toEqual(expected.shape);
    expect(Array.from(actual.dataSync())).toEqual(Array.from(expected.dataSync()));
  });

  test('refuses a label twice, or a label too few', () => {
    expect(() => contract('ii->i', [range(2, 2)])).toThrow("got 'ii->i' for [2,2]");
    expect(() => contract('i->i', [range(2, 2)])).toThrow(RangeError);
  });
});

describe('the gradient of tf.einsum', () => {
  test('is the same all along an axis that was summed away', () => {
    // y = Σⱼ j-weighted columns: y = Σⱼ (j + 1) Σᵢ xᵢⱼ has dy/dxᵢⱼ = j + 1, for each i.
    const weighted = (x: tf.Tensor): tf.Tensor => tf.sum(tf.mul(tf.einsum('ij->j', x), range(3)));
    expect(tf.grad(weighted)(range(2, 3)).arraySync()).toEqual([
      [1, 2, 3],
      [1, 2, 3],
    ]);
  });

  test('is that of a matrix product', () => {
    const operands = [range(2, 3), range(3, 2)];
    const ofSum = tf.grads((a: tf.Tensor, b: tf.Tensor) => tf.square(tf.einsum('ij,jk->ik', a, b)))(operands);
    const ofProduct = tf.grads((a: tf.Tensor, b: tf.Tensor) =>
      tf.square(tf.matMul(a as tf.Tensor2D, b as tf.Tensor2D)),
    )(operands);
    expect(ofSum.map((each) => each.arraySync())).toEqual(ofProduct.map((each) => each.arraySync()));
  });
});

describe('tf.einsum while capturing', () => {
  test('is a matrix product', () => {
    const local = localComputation({ a: float32(2, 3), b: float32(3, 4) }, ({ a, b }) =>
      tf.einsum('ij,jk->ik', a, b),
    );
    expect(nodeNames(kernelGraphOf(local))).toEqual(['BatchMatMul']);
  });
});
