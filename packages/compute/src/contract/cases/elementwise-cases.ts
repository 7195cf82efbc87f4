// Contract cases of the kernels that work element by element.
import type { BinaryKernel, UnaryKernel } from '../../graph/kernels.js';
import * as tf from '../../tensorflow/tf.js';
import { type KernelCase, ofOne, ofTwo, ofTwoApart, ofTwoInts } from '../drawing/kernel-case.js';

const constant = { differentiable: false };

export const unaryCases: Record<UnaryKernel, KernelCase> = {
  Abs: ofOne(tf.abs),
  Acos: ofOne(tf.acos, { low: -0.5, high: 0.5 }),
  Acosh: ofOne(tf.acosh, { low: 1.5, high: 3 }),
  Asin: ofOne(tf.asin, { low: -0.5, high: 0.5 }),
  Asinh: ofOne(tf.asinh),
  Atan: ofOne(tf.atan),
  Atanh: ofOne(tf.atanh, { low: -0.5, high: 0.5 }),
  Cast: ofOne((x) => tf.cast(x, 'int32'), constant),
  Ceil: ofOne(tf.ceil),
  ClipByValue: ofOne((x) => tf.clipByValue(x, -1, 0.5)),
  Cos: ofOne(tf.cos),
  Cosh: ofOne(tf.cosh),
  Elu: ofOne(tf.elu),
  Erf: ofOne(tf.erf),
  Exp: ofOne(tf.exp),
  Expm1: ofOne(tf.expm1),
  Floor: ofOne(tf.floor),
  Identity: ofOne((x) => tf.clone(x)),
  IsFinite: ofOne((x) => tf.isFinite(tf.log(tf.relu(x))), constant),
  IsInf: ofOne((x) => tf.isInf(tf.log(tf.relu(x))), constant),
  IsNan: ofOne((x) => tf.isNaN(tf.log(x)), constant),
  LeakyRelu: ofOne((x) => tf.leakyRelu(x, 0.3)),
  Log: ofOne(tf.log, { low: 0.5, high: 4 }),
  Log1p: ofOne(tf.log1p, { low: -0.5, high: 4 }),
  LogicalNot: ofOne((x) => tf.logicalNot(tf.greater(x, 0)), constant),
  Neg: ofOne(tf.neg),
  Reciprocal: ofOne(tf.reciprocal, { low: 0.5, high: 3 }),
  Relu: ofOne(tf.relu),
  Relu6: ofOne(tf.relu6, { low: -2, high: 8 }),
  Round: ofOne(tf.round),
  Rsqrt: ofOne(tf.rsqrt, { low: 0.5, high: 4 }),
  Selu: ofOne(tf.selu),
  Sigmoid: ofOne(tf.sigmoid),
  Sign: ofOne(tf.sign),
  Sin: ofOne(tf.sin),
  Sinh: ofOne(tf.sinh),
  Softplus: ofOne(tf.softplus),
  Sqrt: ofOne(tf.sqrt, { low: 0.5, high: 4 }),
  Square: ofOne(tf.square),
  Step: ofOne((x) => tf.step(x, 0.25)),
  Tan: ofOne(tf.tan, { low: -1, high: 1 }),
  Tanh: ofOne(tf.tanh),
};

/** Of integers, 0 among them, or of floats by a multiple of 0.5, where they keep off the jumps. */
function divided(divide: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor): KernelCase {
  return (draw) => {
    if (draw.coin()) return ofTwoInts(divide)(draw);
    const divisor = draw.int(1, 3) / 2;
    return ofOne((x) => divide(x, tf.scalar(divisor)))(draw);
  };
}

export const binaryCases: Record<BinaryKernel, KernelCase> = {
  Add: ofTwo(tf.add),
  Atan2: ofTwo(tf.atan2),
  Equal: ofTwoInts(tf.equal),
  FloorDiv: divided(tf.floorDiv),
  Greater: ofTwoInts(tf.greater),
  GreaterEqual: ofTwoInts(tf.greaterEqual),
  Less: ofTwoInts(tf.less),
  LessEqual: ofTwoInts(tf.lessEqual),
  LogicalAnd: ofTwo((a, b) => tf.logicalAnd(tf.greater(a, 0), tf.greater(b, 0)), constant),
  LogicalOr: ofTwo((a, b) => tf.logicalOr(tf.greater(a, 0), tf.greater(b, 0)), constant),
  Maximum: ofTwoApart(tf.maximum),
  Minimum: ofTwoApart(tf.minimum),
  Mod: divided(tf.mod),
  Multiply: ofTwo(tf.mul),
  NotEqual: ofTwoInts(tf.notEqual),
  Pow: ofTwo(tf.pow, { low: 0.5, high: 2 }),
  RealDiv: ofTwo(tf.div, { low: 0.5, high: 3 }),
  SquaredDifference: ofTwo(tf.squaredDifference),
  Sub: ofTwo(tf.sub),
};
