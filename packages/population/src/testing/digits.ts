// Labels for tests: those of MNIST's training set, as many of each digit, and tables of what clients have of them.

/** How many of each digit the 60,000 rows of MNIST have. */
export const DIGIT_COUNTS = [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949] as const;

/** 60,000 labels, interleaved so that no label has a run: those of row 1, 1 + 7919, 1 + 2 · 7919, … modulo 60,000. */
export const digits: Int32Array = (() => {
  const sorted = DIGIT_COUNTS.flatMap((count, digit) => new Array<number>(count).fill(digit));
  return Int32Array.from(sorted, (_, row) => sorted[(row * 7919) % sorted.length] as number);
})();

/** How many rows of each of `count` labels each client has. */
export function labelTable(
  parts: readonly Int32Array[],
  labels: ArrayLike<number>,
  count: number,
): readonly (readonly number[])[] {
  return parts.map((part) => {
    const row = new Array<number>(count).fill(0);
    for (const index of part) row[labels[index] as number]!++;
    return row;
  });
}

export const sizesOf = (parts: readonly Int32Array[]): readonly number[] => parts.map(({ length }) => length);
