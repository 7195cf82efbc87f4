import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Tensor, tensor } from './tensor.js';
import { decodeTensor, encodeTensor } from './tensor-text.js';

test('`decodeTensor` gives back every bit that `encodeTensor` wrote', () => {
  const tensors: fc.Arbitrary<Tensor> = fc.oneof(
    fc.float32Array().map((data) => tensor('float32', [data.length], Float32Array.from(data))),
    fc.float64Array().map((data) => tensor('float64', [data.length], Float64Array.from(data))),
    fc.int32Array().map((data) => tensor('int32', [data.length, 1], Int32Array.from(data))),
    fc.bigInt64Array().map((data) => tensor('int64', [data.length], BigInt64Array.from(data))),
    fc.array(fc.string()).map((data) => tensor('string', [data.length], data)),
  );
  fc.assert(
    fc.property(tensors, (value) => {
      const text = JSON.stringify(encodeTensor(value));
      expect(decodeTensor(JSON.parse(text))).toEqual(value);
    }),
  );
});

test('`encodeTensor` writes bytes little-endian', () => {
  // 1.0 as float32 is 3f800000.
  expect(encodeTensor(tensor('float32', [], Float32Array.of(1)))).toEqual({
    dtype: 'float32',
    shape: [],
    data: '0000803f',
  });
});

test.each([
  { dtype: 'float32', shape: [2], data: '0000803f' },
  { dtype: 'float32', shape: [], data: '0000803g' },
  { dtype: 'string', shape: [1], data: '00' },
  { dtype: 'string', shape: [2], data: ['a'] },
  { dtype: 'int32', shape: [1], data: ['a'] },
] as const)('`decodeTensor` refuses $dtype $shape of $data', (text) => {
  expect(() => decodeTensor(text)).toThrow('Cannot read a tensor');
});
