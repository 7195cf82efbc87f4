// Shape inference for the operators that lowering emits. Shapes are static except for lengths of datasets (−1).

/** The shape of an elementwise operator's result (NumPy broadcasting). */
export function broadcastShapes(a: readonly number[], b: readonly number[]): readonly number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const left = a[axis - rank + a.length] ?? 1;
    const right = b[axis - rank + b.length] ?? 1;
    if (left !== right && left !== 1 && right !== 1) {
      throw new RangeError(
        `Cannot broadcast shapes: axes must be equal or 1, got [${a.join(', ')}] and [${b.join(', ')}]`,
      );
    }
    return left === 1 ? right : left;
  });
}

/** The shape of a matrix product over the last two axes. */
export function matMulShape(a: readonly number[], b: readonly number[]): readonly number[] {
  const inner = a.at(-1);
  if (a.length < 2 || b.length < 2 || inner !== b.at(-2)) {
    throw new RangeError(
      `Cannot multiply matrices: inner axes must be equal, got [${a.join(', ')}] and [${b.join(', ')}]`,
    );
  }
  return [...broadcastShapes(a.slice(0, -2), b.slice(0, -2)), a.at(-2) as number, b.at(-1) as number];
}

/** The shape after reducing the given non-negative axes. */
export function reducedShape(
  shape: readonly number[],
  axes: readonly number[],
  keepDims: boolean,
): readonly number[] {
  if (keepDims) return shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
  return shape.filter((_, axis) => !axes.includes(axis));
}
