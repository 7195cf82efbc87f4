import { type Dataset, float32, string, struct, type Tensor, tensor, uint8 } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { sliceRows, takeRows } from './dataset-rows.js';

const element = struct({ x: uint8(2), y: float32(), name: string() });
// Row i is x = [2i, 2i + 1], y = i / 2, name = the i-th letter.
const dataset: Dataset = {
  length: 4,
  columns: {
    x: tensor('uint8', [4, 2], new Uint8Array([0, 1, 2, 3, 4, 5, 6, 7])),
    y: tensor('float32', [4], new Float32Array([0, 0.5, 1, 1.5])),
    name: tensor('string', [4], ['a', 'b', 'c', 'd']),
  },
};
const column = (from: Dataset, name: string): Tensor =>
  (from.columns as { readonly [name: string]: Tensor })[name] as Tensor;

describe('sliceRows', () => {
  test('gives a run of rows of every column', () => {
    const rows = sliceRows(dataset, { element, begin: 1, end: 3 });
    expect(rows.length).toBe(2);
    expect(column(rows, 'x')).toEqual(tensor('uint8', [2, 2], new Uint8Array([2, 3, 4, 5])));
    expect(column(rows, 'y')).toEqual(tensor('float32', [2], new Float32Array([0.5, 1])));
    expect(column(rows, 'name')).toEqual(tensor('string', [2], ['b', 'c']));
  });

  test('shares the memory of numeric columns', () => {
    const rows = sliceRows(dataset, { element, begin: 1, end: 3 });
    expect((column(rows, 'x').data as Uint8Array).buffer).toBe(
      (column(dataset, 'x').data as Uint8Array).buffer,
    );
  });

  test('gives an empty dataset when begin is end', () => {
    expect(sliceRows(dataset, { element, begin: 4, end: 4 }).length).toBe(0);
  });

  test('throws when the range leaves the dataset', () => {
    expect(() => sliceRows(dataset, { element, begin: 2, end: 5 })).toThrow(
      'Cannot slice a dataset: need 0 <= begin <= end <= 4, got 2 and 5',
    );
  });
});

describe('takeRows', () => {
  test('copies scattered rows in the order of the indices', () => {
    const rows = takeRows(dataset, { element, indices: Int32Array.of(3, 0, 3) });
    expect(column(rows, 'x')).toEqual(tensor('uint8', [3, 2], new Uint8Array([6, 7, 0, 1, 6, 7])));
    expect(column(rows, 'y')).toEqual(tensor('float32', [3], new Float32Array([1.5, 0, 1.5])));
    expect(column(rows, 'name')).toEqual(tensor('string', [3], ['d', 'a', 'd']));
  });

  test('shares memory when the indices are neighbours', () => {
    const rows = takeRows(dataset, { element, indices: Int32Array.of(2, 3) });
    expect(column(rows, 'y')).toEqual(tensor('float32', [2], new Float32Array([1, 1.5])));
    expect((column(rows, 'y').data as Float32Array).buffer).toBe(
      (column(dataset, 'y').data as Float32Array).buffer,
    );
  });

  test('throws when an index is outside the dataset', () => {
    expect(() => takeRows(dataset, { element, indices: Int32Array.of(0, 4) })).toThrow(
      'Cannot take rows: indices must be from 0 to 3, got 4',
    );
  });

  test('throws when the elements are not tensors', () => {
    expect(() =>
      takeRows(dataset, { element: { kind: 'sequence', element }, indices: Int32Array.of(0, 2) }),
    ).toThrow('must be tensors or structs of tensors, got a sequence');
  });
});

describe('rows of columns of unequal length', () => {
  const uneven: Dataset = {
    length: 4,
    columns: { ...(dataset.columns as object), y: tensor('float32', [3], new Float32Array([0, 0.5, 1])) },
  };

  test('throws, rather than give zeros or too few rows', () => {
    const reason = "each column must have the dataset's 4, got 3 numbers of shape [3]";
    expect(() => sliceRows(uneven, { element, begin: 0, end: 4 })).toThrow(reason);
    expect(() => takeRows(uneven, { element, indices: Int32Array.of(3, 0) })).toThrow(reason);
  });
});
