// Lowering of kernels that work element by element on two inputs, broadcast against each other.
import type { BinaryKernel } from '../../graph/kernels.js';
import { attribute, type GraphBuilder } from '../graph-builder.js';
import type { OnnxValue } from '../onnx-model.js';
import type { Rule } from '../rule.js';

type Compose = (builder: GraphBuilder, a: OnnxValue, b: OnnxValue) => OnnxValue;

const composed =
  (compose: Compose): Rule =>
  (builder, call) =>
    compose(builder, call.input('a'), call.input('b'));

const same = (op: string): Rule => composed((builder, a, b) => builder.binary(op, a, b));

const comparison = (op: Parameters<GraphBuilder['compare']>[0]): Rule =>
  composed((builder, a, b) => {
    // Order on booleans (false < true) is compared as integers; ONNX has it for numbers only.
    if (a.dtype !== 'bool' || op === 'Equal') return builder.compare(op, a, b);
    return builder.compare(op, builder.cast(a, 'int32'), builder.cast(b, 'int32'));
  });

const isNegative = (builder: GraphBuilder, x: OnnxValue): OnnxValue =>
  builder.compare('Less', x, builder.scalarLike(x, 0));

/** Of integers: 0 where the divisor is 0, as in tf.js; ONNX ends in an error there. */
const zeroForZeroDivisors =
  (divide: Compose): Compose =>
  (builder, a, b) => {
    const divisors = builder.constantData(b);
    if (divisors && !Array.from(divisors.data as Int32Array).includes(0)) return divide(builder, a, b);
    const isZero = builder.compare('Equal', b, builder.scalarLike(b, 0));
    const quotient = divide(builder, a, builder.where(isZero, builder.scalarLike(b, 1), b));
    return builder.where(isZero, builder.scalarLike(a, 0), quotient);
  };

/** Division rounded towards −∞, an integer also of floats, as in tf.js; ONNX divides integers towards zero. */
const floorDivide: Compose = (builder, a, b) => {
  if (a.dtype !== 'float32') return floorDivideIntegers(builder, a, b);
  return builder.cast(builder.unary('Floor', builder.binary('Div', a, b)), 'int32');
};

const floorDivideIntegers = zeroForZeroDivisors((builder, a, b) => {
  const quotient = builder.binary('Div', a, b);
  const remainder = builder.binary('Sub', a, builder.binary('Mul', quotient, b));
  const inexact = builder.unary('Not', builder.compare('Equal', remainder, builder.scalarLike(a, 0)));
  const signsDiffer = builder.binary('Xor', isNegative(builder, remainder), isNegative(builder, b));
  const tooHigh = builder.cast(builder.binary('And', inexact, signsDiffer), 'int32');
  return builder.binary('Sub', quotient, tooHigh);
});

const moduloOfIntegers = zeroForZeroDivisors((builder, a, b) => builder.binary('Mod', a, b));

/** The remainder with the divisor's sign: for floats C's fmod, moved by one divisor and taken again. */
const modulo: Compose = (builder, a, b) => {
  if (a.dtype !== 'float32') return moduloOfIntegers(builder, a, b);
  const cStyle = { fmod: attribute.int(1) };
  const remainder = builder.binary('Mod', a, b, cStyle);
  const moved = builder.binary('Mod', builder.binary('Add', remainder, b), b, cStyle);
  const signsDiffer = builder.binary('Xor', isNegative(builder, a), isNegative(builder, b));
  return builder.where(signsDiffer, moved, remainder);
};

/** The angle of (x = b, y = a): atan(a / b), moved by π into the left half plane. */
const atan2: Compose = (builder, a, b) => {
  const zero = builder.scalarLike(a, 0);
  const angle = builder.unary('Atan', builder.binary('Div', a, b));
  const below = isNegative(builder, a);
  const halfTurn = builder.where(below, builder.scalarLike(a, -Math.PI), builder.scalarLike(a, Math.PI));
  const turned = builder.binary('Add', angle, halfTurn);
  const plane = builder.where(isNegative(builder, b), turned, angle);
  const atOrigin = builder.binary(
    'And',
    builder.compare('Equal', a, zero),
    builder.compare('Equal', b, zero),
  );
  return builder.where(atOrigin, zero, plane);
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
  Pow: same('Pow'),
  RealDiv: same('Div'),
  SquaredDifference: composed((builder, a, b) => {
    const difference = builder.binary('Sub', a, b);
    return builder.binary('Mul', difference, difference);
  }),
  Sub: same('Sub'),
} as const satisfies Record<BinaryKernel, Rule>;
