// The float64 reference of kernels that work element by element.
import type { BinaryKernel, Kernel, UnaryKernel } from '../../graph/kernels.js';
import {
  at,
  filled,
  inputOf,
  numberOf,
  type Reference,
  type ReferenceCall,
  shapeOf,
  wrap,
} from './values.js';

const each =
  (f: (x: number, call: ReferenceCall) => number): Reference =>
  (call) => [{ data: inputOf(call).data.map((x) => f(x, call)) }];

const isOfInts = (call: ReferenceCall, name = 'x'): boolean => inputOf(call, name).dtype === 'int32';

/** Of floats by `f`, of integers by `g`. */
const eachOf =
  (f: (x: number) => number, g: (x: bigint) => bigint): Reference =>
  (call) =>
    each((x) => (isOfInts(call) ? wrap(g(BigInt(x))) : f(x)))(call);

const pair =
  (f: (a: number, b: number) => number): Reference =>
  (call) => {
    const [a, b] = [inputOf(call, 'a'), inputOf(call, 'b')];
    return [filled(shapeOf(call), (position) => f(at(a, position), at(b, position)))];
  };

const pairOf =
  (f: (a: number, b: number) => number, g: (a: bigint, b: bigint) => bigint): Reference =>
  (call) =>
    isOfInts(call, 'a') ? pair((a, b) => wrap(g(BigInt(a), BigInt(b))))(call) : pair(f)(call);

const truth = (f: (a: number, b: number) => boolean): Reference => pair((a, b) => Number(f(a, b)));

const withSignOf = (x: number, magnitude: number): number =>
  x < 0 || Object.is(x, -0) ? -magnitude : magnitude;

/** Numbers of 2⁵² and more have no fraction, and adding 2⁵² rounds to the nearest even. */
const rounded = (x: number): number =>
  Math.abs(x) < 2 ** 51 ? withSignOf(x, Math.abs(x) + 2 ** 52 - 2 ** 52) : x;

/** JavaScript's ToInt32: the fraction is dropped, the rest taken modulo 2³². */
const toInt32 = (x: number): number => (Number.isFinite(x) ? wrap(BigInt(Math.trunc(x))) : 0);

const INTERVALS = 400;

/** The integral of 2/√π e^(−t²) from 0 to x, by Simpson's rule. */
function erf(x: number): number {
  if (!(Math.abs(x) < 6)) return Math.sign(x);
  const h = x / INTERVALS;
  let sum = 0;
  for (let i = 0; i <= INTERVALS; i++) {
    const weight = i === 0 || i === INTERVALS ? 1 : i % 2 === 1 ? 4 : 2;
    sum += weight * Math.exp(-((i * h) ** 2));
  }
  return (2 / Math.sqrt(Math.PI)) * (h / 3) * sum;
}

const floorDivided = (a: bigint, b: bigint): bigint => {
  if (b === 0n) return 0n;
  const quotient = a / b;
  return quotient * b !== a && a < 0n !== b < 0n ? quotient - 1n : quotient;
};

const floorModulo = (a: number, b: number): number => {
  const remainder = a % b;
  return remainder !== 0 && Math.sign(remainder) !== Math.sign(b) ? remainder + b : remainder;
};

/** IEEE 754 `pow`. */
const power = (a: number, b: number): number => {
  if (a === 1 || (a === -1 && Math.abs(b) === Number.POSITIVE_INFINITY)) return 1;
  return a ** b;
};

/** Modulo 2³² by repeated squaring; the whole part where the exponent is negative. */
const wholePower = (a: bigint, b: bigint): bigint => {
  if (b < 0n) return a === 1n ? 1n : a === -1n ? (b % 2n === 0n ? 1n : -1n) : 0n;
  let result = 1n;
  for (const bit of b.toString(2)) {
    result = BigInt.asIntN(32, result * result * (bit === '1' ? a : 1n));
  }
  return result;
};

const keepingNaN =
  (choose: (a: number, b: number) => number) =>
  (a: number, b: number): number =>
    Number.isNaN(a) || Number.isNaN(b) ? Number.NaN : choose(a, b);

const larger = keepingNaN((a, b) => (a > b ? a : b));
const smaller = keepingNaN((a, b) => (a < b ? a : b));
const clipped = (x: number, low: number, high: number): number => smaller(larger(x, low), high);

const SELU_ALPHA = 1.6732632423543772;
const SELU_SCALE = 1.0507009873554805;

const softplus = (x: number): number => (x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x)));
const sigmoid = (x: number): number => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x)));
const elu = (x: number): number => (x > 0 ? x : Math.expm1(x));

const cast: Reference = (call) => {
  const { dtype } = call.outputs[0] as { dtype: string };
  const from = inputOf(call).dtype;
  return each((x) => {
    if (dtype === 'bool') return Number(x !== 0);
    return dtype === 'int32' && from === 'float32' ? toInt32(x) : x;
  })(call);
};

export const unaryReferences: { readonly [K in UnaryKernel]: Reference } = {
  Abs: eachOf(Math.abs, (x) => (x < 0n ? -x : x)),
  Acos: each(Math.acos),
  Acosh: each(Math.acosh),
  Asin: each(Math.asin),
  Asinh: each(Math.asinh),
  Atan: each(Math.atan),
  Atanh: each(Math.atanh),
  Cast: cast,
  Ceil: each(Math.ceil),
  ClipByValue: each((x, call) => clipped(x, numberOf(call, 'clipValueMin'), numberOf(call, 'clipValueMax'))),
  Cos: each(Math.cos),
  Cosh: each(Math.cosh),
  Elu: each(elu),
  Erf: each(erf),
  Exp: each(Math.exp),
  Expm1: each(Math.expm1),
  Floor: each(Math.floor),
  Identity: each((x) => x),
  IsFinite: each((x) => Number(Number.isFinite(x))),
  IsInf: each((x) => Number(Math.abs(x) === Number.POSITIVE_INFINITY)),
  IsNan: each((x) => Number(Number.isNaN(x))),
  LeakyRelu: each((x, call) => (x > 0 ? x : x * numberOf(call, 'alpha'))),
  Log: each(Math.log),
  Log1p: each(Math.log1p),
  LogicalNot: each((x) => Number(x === 0)),
  Neg: eachOf(
    (x) => -x,
    (x) => -x,
  ),
  Reciprocal: each((x) => 1 / x),
  Relu: each((x) => larger(x, 0)),
  Relu6: each((x) => clipped(x, 0, 6)),
  Round: each(rounded),
  Rsqrt: each((x) => 1 / Math.sqrt(x)),
  Selu: each((x) => SELU_SCALE * (x > 0 ? x : SELU_ALPHA * Math.expm1(x))),
  Sigmoid: each(sigmoid),
  Sign: each((x) => (x > 0 ? 1 : x < 0 ? -1 : x === 0 ? 0 : Number.NaN)),
  Sin: each(Math.sin),
  Sinh: each(Math.sinh),
  Softplus: each(softplus),
  Sqrt: each(Math.sqrt),
  Square: eachOf(
    (x) => x * x,
    (x) => x * x,
  ),
  Step: each((x, call) => (x > 0 ? 1 : numberOf(call, 'alpha'))),
  Tan: each(Math.tan),
  Tanh: each(Math.tanh),
};

export const binaryReferences: { readonly [K in BinaryKernel]: Reference } = {
  Add: pairOf(
    (a, b) => a + b,
    (a, b) => a + b,
  ),
  Atan2: pair(Math.atan2),
  Equal: truth((a, b) => a === b),
  // Of floats the float32 quotient is rounded down.
  FloorDiv: pairOf((a, b) => toInt32(Math.floor(Math.fround(a / b))), floorDivided),
  Greater: truth((a, b) => a > b),
  GreaterEqual: truth((a, b) => a >= b),
  Less: truth((a, b) => a < b),
  LessEqual: truth((a, b) => a <= b),
  LogicalAnd: truth((a, b) => a !== 0 && b !== 0),
  LogicalOr: truth((a, b) => a !== 0 || b !== 0),
  Maximum: pair(larger),
  Minimum: pair(smaller),
  Mod: pairOf(floorModulo, (a, b) => a - floorDivided(a, b) * b - (b === 0n ? a : 0n)),
  Multiply: pairOf(
    (a, b) => a * b,
    (a, b) => a * b,
  ),
  NotEqual: truth((a, b) => a !== b),
  Pow: pairOf(power, wholePower),
  RealDiv: pair((a, b) => a / b),
  SquaredDifference: pairOf(
    (a, b) => (a - b) ** 2,
    (a, b) => (a - b) ** 2n,
  ),
  Sub: pairOf(
    (a, b) => a - b,
    (a, b) => a - b,
  ),
};

export const otherElementwiseReferences = {
  EluGrad: (call) => {
    const [dy, y] = [inputOf(call, 'dy'), inputOf(call, 'y')];
    return [
      { data: dy.data.map((d, i) => ((y.data[i] as number) >= 0 ? d : d * ((y.data[i] as number) + 1))) },
    ];
  },
  Select: (call) => {
    const [condition, t, e] = [inputOf(call, 'condition'), inputOf(call, 't'), inputOf(call, 'e')];
    const isOfRows = condition.shape.length === 1 && t.shape.length > 1;
    return [
      filled(shapeOf(call), (position) =>
        at(condition, isOfRows ? position.slice(0, 1) : position) !== 0 ? at(t, position) : at(e, position),
      ),
    ];
  },
} satisfies { readonly [K in Kernel]?: Reference };
