// Covariances against exact sums by another way.
import { numberColumn } from '@starling/population';
import { statisticContract } from '../statistic/contract.js';
import { drawNumber } from '../testing/drawn.js';
import { quotient, wholeOf } from '../testing/exact.js';
import { covariance } from './covariance.js';

const columns = [numberColumn('float64'), numberColumn('int32'), numberColumn('float32')];
const formats = ['float64', 'int32', 'float32'] as const;

statisticContract('covariance', {
  make: (options) => covariance(columns, options),
  columns,
  draw: (random, at) => drawNumber(random, formats[at] as 'int32'),
  expected: (rows) => {
    const whole = rows
      .filter((cells) => cells.every((cell) => Number.isFinite(cell)))
      .map((cells) => cells.map((cell) => wholeOf(cell as number)));
    const n = BigInt(whole.length);
    if (n === 0n) return { count: 0, covariance: null };
    const total = (of: (cells: bigint[]) => bigint): bigint =>
      whole.reduce((sum, cells) => sum + of(cells), 0n);
    const one = 2n ** 1074n;
    const entry = (i: number, j: number): number =>
      quotient(
        n * total((cells) => (cells[i] as bigint) * (cells[j] as bigint)) -
          total((cells) => cells[i] as bigint) * total((cells) => cells[j] as bigint),
        n * n * one * one,
      );
    return { count: whole.length, covariance: columns.map((_, i) => columns.map((_, j) => entry(i, j))) };
  },
  shown: ({ count, covariance: matrix }) => ({ count, covariance: matrix }),
  splitFree: (result) => result,
});
