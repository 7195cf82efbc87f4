// Negative indices on ONNX, which would count them from the end: a graph moves them out of any range, so that
// onnxruntime refuses them, and the engine moves the one in its error back.

/** What a graph adds to a negative index: no axis is as long as what is left of it. */
export const REFUSED_SHIFT = -(2 ** 30);

/** How onnxruntime words an index out of range; Gather gives the range, GatherND and ScatterND do not. */
const REFUSAL =
  /running (\w+) node\..*(?:idx=|inde?x found, index = |indice = )(-?\d+)(?:.*range \[-?\d+,(\d+)\])?/s;

/** The error that a run ended with; a `RangeError` in words of this package if an index was out of range. */
export function withIndexInWords(error: unknown): unknown {
  const [, operator, index, last] = (error instanceof Error && REFUSAL.exec(error.message)) || [];
  if (index === undefined) return error;
  const moved = Number(index);
  // Below −2³⁰ an index wraps, so that one of this size may have been either.
  const isUnknown = moved >= -REFUSED_SHIFT;
  const given = isUnknown ? 'one beyond ±2^30' : moved < REFUSED_SHIFT / 2 ? moved - REFUSED_SHIFT : moved;
  const range = last === undefined ? 'within their axis' : `from 0 to ${last}`;
  return new RangeError(`Cannot run ${operator}: indices must be ${range}, got ${given}`, { cause: error });
}
