// Squared L2 distances between the rows of a cohort, by differences rather than by products, so that rows which are
// close to each other lose no digits.
import type { FloatArray } from './middles.js';

/** Coordinates whose squares are added up before they go to the sums: two rows and their neighbours stay in cache. */
const BLOCK = 256;

/** n × n numbers, those above the diagonal, of the coordinates from `from` to before `to`. */
export function distancesOf(
  rows: readonly FloatArray[],
  from: number,
  to: number,
): Float64Array<ArrayBuffer> {
  const n = rows.length;
  const sums = new Float64Array(n * n);
  // One more row of zeros where n is odd: rows are taken two at a time.
  const even = n + (n % 2);
  const block = new Float64Array(even * BLOCK);
  for (let start = from; start < to; start += BLOCK) {
    const width = Math.min(BLOCK, to - start);
    for (let row = 0; row < n; row++) {
      const numbers = rows[row]!;
      for (let at = 0; at < width; at++) block[row * BLOCK + at] = numbers[start + at]!;
      block.fill(0, row * BLOCK + width, (row + 1) * BLOCK);
    }
    for (let first = 0; first < n; first += 2) {
      addOne(block, n, first, sums);
      for (let second = first + 2; second < n; second += 2) addFour(block, n, first, second, sums);
    }
  }
  return sums;
}

/** Of a row and the next. */
function addOne(block: Float64Array, n: number, row: number, sums: Float64Array): void {
  if (row + 1 >= n) return;
  let sum = 0;
  for (let at = row * BLOCK; at < (row + 1) * BLOCK; at++) {
    const difference = block[at]! - block[at + BLOCK]!;
    sum += difference * difference;
  }
  sums[row * n + row + 1] = sums[row * n + row + 1]! + sum;
}

/** Of two rows and two others, each read once. */
function addFour(block: Float64Array, n: number, first: number, second: number, sums: Float64Array): void {
  let [a, b, c, d] = [0, 0, 0, 0];
  const one = first * BLOCK;
  const other = second * BLOCK;
  // No lists in here: they cost three times as much as what they hold.
  for (let at = 0; at < BLOCK; at++) {
    const x = block[one + at]!;
    const y = block[one + BLOCK + at]!;
    const u = block[other + at]!;
    const v = block[other + BLOCK + at]!;
    const xu = x - u;
    const xv = x - v;
    const yu = y - u;
    const yv = y - v;
    a += xu * xu;
    b += xv * xv;
    c += yu * yu;
    d += yv * yv;
  }
  const at = first * n + second;
  sums[at] = sums[at]! + a;
  sums[at + n] = sums[at + n]! + c;
  if (second + 1 >= n) return;
  sums[at + 1] = sums[at + 1]! + b;
  sums[at + n + 1] = sums[at + n + 1]! + d;
}
