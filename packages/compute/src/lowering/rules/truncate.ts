// Lowering of a float as an int32, with one meaning on every processor, which ONNX leaves to it: the fraction is
// dropped, what does not fit wraps modulo 2³², and NaN and ±∞ are 0. That is JavaScript's ToInt32, and so tf.js's cast.
import type { GraphBuilder, OnnxValue } from '@starling/onnx';

/** Floats of this magnitude and more are multiples of 2³², and do not fit an int64. */
const INT64_BOUND = 2 ** 63;

export function truncate(builder: GraphBuilder, x: OnnxValue): OnnxValue {
  // False of NaN. Chosen between the casts, since runtimes make one of two in a row, which does not wrap.
  const fits = builder.compare('Less', builder.unary('Abs', x), builder.scalarLike(x, INT64_BOUND));
  const wide = builder.cast(x, 'int64');
  return builder.cast(builder.where(fits, wide, builder.scalarLike(wide, 0)), 'int32');
}
