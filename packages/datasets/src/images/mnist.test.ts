import type { Tensor } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { mnist } from './mnist.js';

type Columns = { readonly x: Tensor<'uint8'>; readonly y: Tensor<'int32'> };

describe('mnist', () => {
  const { train, test: held } = mnist();

  test('gives 60,000 training and 10,000 test images of 28 × 28', () => {
    expect(train.length).toBe(60_000);
    expect(held.length).toBe(10_000);
    expect((train.columns as Columns).x.shape).toEqual([60_000, 28, 28]);
    expect((held.columns as Columns).y.shape).toEqual([10_000]);
  });

  test('keeps the order of the original files', () => {
    // The first labels as every MNIST reader shows them: 5 0 4 1 9 and 7 2 1 0 4.
    expect([...(train.columns as Columns).y.data.subarray(0, 5)]).toEqual([5, 0, 4, 1, 9]);
    expect([...(held.columns as Columns).y.data.subarray(0, 5)]).toEqual([7, 2, 1, 0, 4]);
  });

  test('has the published number of each digit', () => {
    const counts = new Array<number>(10).fill(0);
    for (const digit of (train.columns as Columns).y.data) counts[digit] = (counts[digit] ?? 0) + 1;
    expect(counts).toEqual([5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]);
  });

  test('has the well-known mean pixel of 0.1307 of full ink', () => {
    let sum = 0;
    for (const pixel of (train.columns as Columns).x.data) sum += pixel;
    expect(sum / (60_000 * 784 * 255)).toBeCloseTo(0.1307, 4);
  });
});
