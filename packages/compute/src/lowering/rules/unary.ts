// Lowering of kernels that work element by element on one input.

import type { GraphBuilder, OnnxValue } from '@starling/onnx';
import { attribute } from '@starling/onnx';
import type { UnaryKernel } from '../../graph/kernels.js';
import type { LoweringRule } from './lowering-rule.js';
import { truncate } from './truncate.js';

const LARGEST_FLOAT = (2 - 2 ** -23) * 2 ** 127;
/** 1 − sigmoid(20) is 2.1e-9, less than half of a last place of 1. */
const SIGMOID_IS_ONE = 20;
/** The fixed point of mean 0 and variance 1 (Klambauer et al., NeurIPS 2017, equation 14). */
const SELU_ALPHA = 1.6732632423543772;
const SELU_SCALE = 1.0507009873554805;

/** A kernel that ONNX knows under some name, with the same meaning. */
const same =
  (op: string): LoweringRule =>
  (builder, call) =>
    builder.unary(op, call.input('x'));

/** tf.js lets some float operators run on int32 and gives int32; ONNX runtimes have them for floats only. */
const integersPassThrough =
  (op: string): LoweringRule =>
  (builder, call) => {
    const x = call.input('x');
    return x.dtype === 'float32' ? builder.unary(op, x) : builder.unary('Identity', x);
  };

/** IsNaN and IsInf, which ONNX has of floats alone. */
const predicate = (builder: GraphBuilder, op: string, x: OnnxValue): OnnxValue =>
  builder.emitOne(op, [builder.cast(x, 'float32')], { dtype: 'bool', shape: x.shape });

const composed =
  (compose: (builder: GraphBuilder, x: OnnxValue) => OnnxValue): LoweringRule =>
  (builder, call) =>
    compose(builder, call.input('x'));

export const unaryRules = {
  Abs: same('Abs'),
  Acos: same('Acos'),
  Acosh: same('Acosh'),
  Asin: same('Asin'),
  Asinh: same('Asinh'),
  Atan: same('Atan'),
  Atanh: same('Atanh'),
  Cast: (builder, call) => {
    const { dtype } = call.output;
    if (dtype === 'string') throw new RangeError('Cannot lower Cast: strings are not numbers');
    const x = call.input('x');
    if (dtype === 'int32' && x.dtype === 'float32') return truncate(builder, x);
    return builder.cast(x, dtype);
  },
  Ceil: integersPassThrough('Ceil'),
  ClipByValue: (builder, call) => {
    const x = call.input('x');
    const low = builder.scalarLike(x, call.number('clipValueMin'));
    const high = builder.scalarLike(x, call.number('clipValueMax'));
    return builder.emitOne('Clip', [x, low, high], x);
  },
  Cos: same('Cos'),
  Cosh: same('Cosh'),
  Elu: same('Elu'),
  Erf: same('Erf'),
  Exp: same('Exp'),
  // eˣ − 1 = (eˣ + 1) tanh(x / 2), which keeps its precision near zero.
  Expm1: composed((builder, x) => {
    const plusOne = builder.binary('Add', builder.unary('Exp', x), builder.scalarLike(x, 1));
    const half = builder.binary('Mul', x, builder.scalarLike(x, 0.5));
    return builder.binary('Mul', plusOne, builder.unary('Tanh', half));
  }),
  Floor: integersPassThrough('Floor'),
  Identity: same('Identity'),
  IsFinite: composed((builder, x) => {
    const notFinite = builder.binary('Or', predicate(builder, 'IsNaN', x), predicate(builder, 'IsInf', x));
    return builder.unary('Not', notFinite);
  }),
  IsInf: composed((builder, x) => predicate(builder, 'IsInf', x)),
  IsNan: composed((builder, x) => predicate(builder, 'IsNaN', x)),
  LeakyRelu: (builder, call) =>
    builder.unary('LeakyRelu', call.input('x'), { alpha: attribute.float(call.number('alpha')) }),
  Log: same('Log'),
  // log(1 + x) with u = 1 + x: x · (log(u) / (u − 1)) is exact where u rounds (Higham, Accuracy and Stability of
  // Numerical Algorithms, 1.14.1). The divisor is kept finite, so that ∞ is not divided by ∞; a product keeps −0.
  Log1p: composed((builder, x) => {
    const one = builder.scalarLike(x, 1);
    const u = builder.binary('Add', x, one);
    const finite = builder.binary('Min', u, builder.scalarLike(x, LARGEST_FLOAT));
    const remainder = builder.binary('Sub', finite, one);
    const isTiny = builder.compare('Equal', remainder, builder.scalarLike(x, 0));
    const ratio = builder.binary('Div', builder.unary('Log', u), remainder);
    return builder.binary('Mul', x, builder.where(isTiny, one, ratio));
  }),
  LogicalNot: same('Not'),
  Neg: same('Neg'),
  Reciprocal: same('Reciprocal'),
  // onnxruntime joins Relu and the Clip after it, which it has written for floats alone: it refuses a model of int32.
  Relu: composed((builder, x) =>
    x.dtype === 'float32' ? builder.unary('Relu', x) : builder.binary('Max', x, builder.scalarLike(x, 0)),
  ),
  Relu6: composed((builder, x) =>
    builder.emitOne('Clip', [x, builder.scalarLike(x, 0), builder.scalarLike(x, 6)], x),
  ),
  Round: integersPassThrough('Round'),
  Rsqrt: composed((builder, x) => builder.unary('Reciprocal', builder.unary('Sqrt', x))),
  // The operator of that name gives 0 of −0.
  Selu: composed((builder, x) => {
    const elu = builder.unary('Elu', x, { alpha: attribute.float(SELU_ALPHA) });
    return builder.binary('Mul', elu, builder.scalarLike(x, SELU_SCALE));
  }),
  // eˣ / (1 + eˣ) keeps its relative precision down to the smallest number, where the operator of that name is off by
  // half from −16 and 0 from −18 on. From 20 on it is 1 to the last bit, and eˣ need not overflow.
  Sigmoid: composed((builder, x) => {
    const power = builder.unary('Exp', builder.binary('Min', x, builder.scalarLike(x, SIGMOID_IS_ONE)));
    return builder.binary('Div', power, builder.binary('Add', power, builder.scalarLike(x, 1)));
  }),
  Sign: same('Sign'),
  Sin: same('Sin'),
  Sinh: same('Sinh'),
  Softplus: same('Softplus'),
  Sqrt: same('Sqrt'),
  Square: composed((builder, x) => builder.binary('Mul', x, x)),
  // 1 above zero, `alpha` at and below it.
  Step: (builder, call) => {
    const x = call.input('x');
    const positive = builder.compare('Greater', x, builder.scalarLike(x, 0));
    const alpha = call.number('alpha', 0);
    if (alpha === 0) return builder.cast(positive, 'float32');
    return builder.where(positive, builder.scalarLike(x, 1), builder.scalarLike(x, alpha));
  },
  Tan: same('Tan'),
  Tanh: same('Tanh'),
} as const satisfies Record<UnaryKernel, LoweringRule>;
