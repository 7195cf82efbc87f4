// Lowering of kernels that work element by element on two inputs, broadcast against each other.

import type { OnnxValue } from '@starling/onnx';
import { attribute, type GraphBuilder } from '@starling/onnx';
import type { BinaryKernel } from '../../graph/kernels.js';
import { floorDivideIntegers, isNegative, moduloOfIntegers, powerOfIntegers } from './integers.js';
import type { LoweringRule } from './lowering-rule.js';
import { truncate } from './truncate.js';

type Compose = (builder: GraphBuilder, a: OnnxValue, b: OnnxValue) => OnnxValue;

const composed =
  (compose: Compose): LoweringRule =>
  (builder, call) =>
    compose(builder, call.input('a'), call.input('b'));

const same = (op: string): LoweringRule => composed((builder, a, b) => builder.binary(op, a, b));

const comparison = (op: Parameters<GraphBuilder['compare']>[0]): LoweringRule =>
  composed((builder, a, b) => {
    // Order on booleans (false < true) is compared as integers; ONNX has it for numbers only.
    if (a.dtype !== 'bool' || op === 'Equal') return builder.compare(op, a, b);
    return builder.compare(op, builder.cast(a, 'int32'), builder.cast(b, 'int32'));
  });

/** Division rounded towards −∞, an integer also of floats, as in tf.js. */
const floorDivide: Compose = (builder, a, b) => {
  if (a.dtype !== 'float32') return floorDivideIntegers(builder, a, b);
  return truncate(builder, builder.unary('Floor', builder.binary('Div', a, b)));
};

/** The remainder with the divisor's sign: for floats C's fmod, moved by one divisor where the signs differ. */
const modulo: Compose = (builder, a, b) => {
  if (a.dtype !== 'float32') return moduloOfIntegers(builder, a, b);
  const zero = builder.scalarLike(a, 0);
  const remainder = builder.binary('Mod', a, b, { fmod: attribute.int(1) });
  const isZero = builder.compare('Equal', remainder, zero);
  const signsDiffer = builder.binary('Xor', isNegative(builder, remainder), isNegative(builder, b));
  const moves = builder.binary('And', signsDiffer, builder.unary('Not', isZero));
  // A difference with 0 keeps a remainder of −0, as a sum would not.
  return builder.binary('Sub', remainder, builder.where(moves, builder.unary('Neg', b), zero));
};

/** −1 where the sign bit is set, that of −0 too; else 1. */
function signOf(builder: GraphBuilder, x: OnnxValue): OnnxValue {
  const isBelow = builder.binary(
    'Or',
    isNegative(builder, x),
    isNegative(builder, builder.unary('Reciprocal', x)),
  );
  return builder.where(isBelow, builder.scalarLike(x, -1), builder.scalarLike(x, 1));
}

/**
 * The angle of the point (b, a) as C's atan2 has it at every edge: that of (|b|, |a|), π minus it in the left half
 * plane, its negative in the lower. Equal magnitudes lie on the diagonal, also if they are infinite, and the origin
 * at angle 0.
 */
const atan2: Compose = (builder, a, b) => {
  const [height, width] = [builder.unary('Abs', a), builder.unary('Abs', b)];
  const zero = builder.scalarLike(a, 0);
  const isDiagonal = builder.compare('Equal', height, width);
  const diagonal = builder.cast(builder.compare('Greater', height, zero), 'float32');
  const ratio = builder.where(isDiagonal, diagonal, builder.binary('Div', height, width));
  const angle = builder.unary('Atan', ratio);
  const sign = signOf(builder, b);
  const start = builder.where(isNegative(builder, sign), builder.scalarLike(a, Math.PI), zero);
  const half = builder.binary('Add', start, builder.binary('Mul', angle, sign));
  return builder.binary('Mul', half, signOf(builder, a));
};

export const binaryRules = {
  Add: same('Add'),
  Atan2: composed(atan2),
  Equal: comparison('Equal'),
  FloorDiv: composed(floorDivide),
  Greater: comparison('Greater'),
  GreaterEqual: comparison('GreaterOrEqual'),
  Less: comparison('Less'),
  LessEqual: comparison('LessOrEqual'),
  LogicalAnd: same('And'),
  LogicalOr: same('Or'),
  Maximum: same('Max'),
  Minimum: same('Min'),
  Mod: composed(modulo),
  Multiply: same('Mul'),
  NotEqual: composed((builder, a, b) => builder.unary('Not', builder.compare('Equal', a, b))),
  Pow: composed((builder, a, b) =>
    a.dtype === 'float32' ? builder.binary('Pow', a, b) : powerOfIntegers(builder, a, b),
  ),
  RealDiv: same('Div'),
  SquaredDifference: composed((builder, a, b) => {
    const difference = builder.binary('Sub', a, b);
    return builder.binary('Mul', difference, difference);
  }),
  Sub: same('Sub'),
} as const satisfies Record<BinaryKernel, LoweringRule>;
