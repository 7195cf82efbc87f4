import { plainVectors } from '@starling/federated-core/plan';
import * as fc from 'fast-check';
import { assert, describe, test } from 'vitest';
import { hasSimd, SCRATCH_BYTES, simdVectors } from './simd-vectors.js';
import { Memory } from './web-assembly.js';

const PAGES = 64;
const memory = new Memory({ initial: PAGES, maximum: PAGES, shared: true });
const vectors = simdVectors(memory, 0);
const BLOCK = SCRATCH_BYTES / 4;

/** Floats of all sizes, and their lengths around what a turn, a block and the shortest call take. */
const float = fc.float({ noNaN: true, noDefaultInfinity: true });
const lengths = fc.constantFrom(1, 255, 256, 257, 1000, 1003, BLOCK - 1, BLOCK, BLOCK + 9, 2 * BLOCK + 3);

function filled(length: number, numbers: readonly number[]): Float32Array {
  return Float32Array.from({ length }, (_, index) => numbers[index % numbers.length]! * (1 + (index % 17)));
}

/** Sums in the memory, behind the scratch. */
function sumsOf(start: readonly number[], length: number, offset = SCRATCH_BYTES): Float64Array {
  const sums = new Float64Array(memory.buffer, offset, length);
  for (let index = 0; index < length; index++) sums[index] = start[index % start.length]!;
  return sums;
}

const same = (left: Float64Array, right: Float64Array): boolean =>
  left.every((value, index) => Object.is(value, right[index]));

describe('simdVectors', () => {
  test('`hasSimd` finds the module valid', () => {
    assert.isTrue(hasSimd());
  });

  const cases = fc.tuple(
    lengths,
    fc.array(float, { minLength: 1, maxLength: 30 }),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
  );

  test('`simdVectors` adds weighted values to the bits that plain loops give, checked before or not', () => {
    fc.assert(
      fc.property(cases, fc.boolean(), ([length, numbers, weight], isChecked) => {
        const values = filled(length, numbers);
        const sums = sumsOf(numbers, length);
        const expected = sums.slice();
        if (isChecked) vectors.areFinite(values);
        vectors.addWeighted(sums, values, weight);
        plainVectors.addWeighted(expected, values, weight);
        assert.isTrue(same(sums, expected));
      }),
      { numRuns: 60 },
    );
  });

  test('`simdVectors` writes weighted values over any sums as if it added them to zeros', () => {
    fc.assert(
      fc.property(cases, fc.boolean(), ([length, numbers, weight], isChecked) => {
        const values = filled(length, [...numbers, -0]);
        const sums = sumsOf([Number.NaN, ...numbers], length);
        const [expected, plain] = [new Float64Array(length), sums.slice()];
        if (isChecked) vectors.areFinite(values);
        vectors.setWeighted(sums, values, weight);
        plainVectors.setWeighted(plain, values, weight);
        plainVectors.addWeighted(expected, values, weight);
        assert.isTrue(same(sums, expected));
        assert.isTrue(same(plain, expected));
      }),
      { numRuns: 60 },
    );
  });

  test('`simdVectors` adds sums and floats to the bits that plain loops give', () => {
    fc.assert(
      fc.property(cases, fc.boolean(), ([length, numbers, weight], areSums) => {
        const offset = SCRATCH_BYTES + 8 * (2 * BLOCK + 8);
        const values = areSums ? sumsOf([weight, ...numbers], length, offset) : filled(length, numbers);
        const sums = sumsOf(numbers, length);
        const expected = sums.slice();
        vectors.add(sums, values);
        plainVectors.add(expected, values);
        assert.isTrue(same(sums, expected));
      }),
      { numRuns: 60 },
    );
  });

  test('`simdVectors` divides sums to the bits that plain loops give, and says whether they are finite', () => {
    const divisors = fc.constantFrom(1, 3, 0.1, 1e-300, 1e300, 7.5e-40);
    fc.assert(
      fc.property(cases, divisors, fc.boolean(), ([length, numbers], divisor, isElsewhere) => {
        const sums = sumsOf(numbers, length);
        const expected = new Float32Array(length);
        const quotients = new Float32Array(length);
        const areFinite = plainVectors.divide(expected, sums, divisor);
        assert.equal(areFinite, expected.every(Number.isFinite));
        assert.equal(vectors.divide(quotients, isElsewhere ? sums.slice() : sums, divisor), areFinite);
        assert.isTrue(quotients.every((value, index) => Object.is(value, expected[index])));
      }),
      { numRuns: 120 },
    );
  });

  test('`simdVectors` adds what was checked, though something was divided in between', () => {
    const [values, quotients] = [filled(300, [3]), new Float32Array(300)];
    const sums = sumsOf([1], 300);
    assert.isTrue(vectors.areFinite(values));
    vectors.divide(quotients, new Float64Array(300).fill(9), 2);
    vectors.addWeighted(sums, values, 2);
    assert.deepEqual([...sums.subarray(0, 3)], [7, 13, 19]);
    assert.deepEqual([...quotients.subarray(0, 3)], [4.5, 4.5, 4.5]);
  });

  test('`simdVectors` leaves sums alone that lie beside those it adds to', () => {
    const sums = sumsOf([1], 300);
    vectors.addWeighted(sums.subarray(3, 263), filled(260, [1]), 1);
    assert.deepEqual([...sums.subarray(0, 3), ...sums.subarray(263)], new Array(40).fill(1));
  });

  test('`simdVectors` adds to sums that lie elsewhere', () => {
    const sums = new Float64Array(300);
    vectors.addWeighted(sums, filled(300, [1]), 2);
    assert.deepEqual([...sums.subarray(0, 3)], [2, 4, 6]);
  });

  test('`simdVectors` finds NaN and infinities wherever they stand', () => {
    fc.assert(
      fc.property(
        lengths,
        fc.nat(),
        fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
        (length, position, value) => {
          const values = filled(length, [3.4e37, -1e-45, 0, -0]); // the largest are near the largest float32
          values.forEach((each, index) => {
            if (!Number.isFinite(each)) values[index] = 1;
          });
          assert.isTrue(vectors.areFinite(values));
          values[position % length] = value;
          assert.isFalse(vectors.areFinite(values));
        },
      ),
      { numRuns: 60 },
    );
  });
});
