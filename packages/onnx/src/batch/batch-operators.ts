// How each operator is run for many clients in one call, or why it is not. The one condition is that a client's numbers
// keep their bits, whatever stands beside them: an operator that rounds as IEEE 754 says, chooses, compares or moves
// numbers does so anywhere in a vector. Engines compute others, such as exponentials, by one formula in the middle of
// a vector and by another at its end, and add up in an order that depends on where a row begins.
import { clip, elementwise, ofPlainNumbers, reduction } from './arithmetic-rules.js';
import type { BatchRule } from './batch-rule.js';
import { concat, expand, gather, pad, reshape, slice, tile, transpose } from './movement-rules.js';

const APPROXIMATED = 'engines compute it by another formula at the end of a vector';
const ADDS_UP = 'engines add up in an order that depends on where a row begins';
const BY_INDEX = 'it writes or picks at places that are computed';
const OF_POSITIONS = 'which of equal numbers it finds first depends on the place in a vector';

/** The whole of what lowering and passes emit: a rule, or the reason why there is none. */
export const batchOperators: Readonly<Record<string, BatchRule | string>> = {
  Abs: elementwise,
  Add: elementwise,
  And: elementwise,
  Cast: elementwise,
  Ceil: elementwise,
  Div: elementwise,
  Equal: elementwise,
  Floor: elementwise,
  Greater: elementwise,
  GreaterOrEqual: elementwise,
  Identity: elementwise,
  IsInf: elementwise,
  IsNaN: elementwise,
  Less: elementwise,
  LessOrEqual: elementwise,
  Mod: elementwise,
  Mul: elementwise,
  Neg: elementwise,
  Not: elementwise,
  Or: elementwise,
  Round: elementwise,
  Sub: elementwise,
  Where: elementwise,
  Xor: elementwise,

  Clip: clip,
  Max: ofPlainNumbers,
  Min: ofPlainNumbers,
  ReduceMax: reduction,
  ReduceMin: reduction,
  ReduceSum: reduction,
  Sign: ofPlainNumbers,

  Concat: concat,
  Expand: expand,
  Gather: gather,
  Pad: pad,
  Reshape: reshape,
  Slice: slice,
  Tile: tile,
  Transpose: transpose,

  Acos: APPROXIMATED,
  Acosh: APPROXIMATED,
  Asin: APPROXIMATED,
  Asinh: APPROXIMATED,
  Atan: APPROXIMATED,
  Atanh: APPROXIMATED,
  Cos: APPROXIMATED,
  Cosh: APPROXIMATED,
  Elu: APPROXIMATED,
  Erf: APPROXIMATED,
  Exp: APPROXIMATED,
  LeakyRelu: APPROXIMATED,
  Log: APPROXIMATED,
  LogSoftmax: APPROXIMATED,
  Pow: APPROXIMATED,
  Reciprocal: APPROXIMATED,
  Relu: 'what becomes of −0 and NaN depends on the place in a vector',
  Selu: APPROXIMATED,
  Sigmoid: APPROXIMATED,
  Sin: APPROXIMATED,
  Sinh: APPROXIMATED,
  Softmax: APPROXIMATED,
  Softplus: APPROXIMATED,
  Sqrt: APPROXIMATED,
  Tan: APPROXIMATED,
  Tanh: APPROXIMATED,

  AveragePool: ADDS_UP,
  Conv: ADDS_UP,
  ConvTranspose: ADDS_UP,
  CumSum: ADDS_UP,
  Gemm: ADDS_UP,
  MatMul: ADDS_UP,
  ReduceMean: ADDS_UP,
  ReduceProd: ADDS_UP,
  Resize: ADDS_UP,

  ArgMax: OF_POSITIONS,
  ArgMin: OF_POSITIONS,
  MaxPool: OF_POSITIONS,
  TopK: OF_POSITIONS,

  GatherElements: BY_INDEX,
  GatherND: BY_INDEX,
  NonZero: BY_INDEX,
  OneHot: BY_INDEX,
  ScatterElements: BY_INDEX,
  ScatterND: BY_INDEX,

  If: 'one client may take the one way, and another the other',
  Scan: 'what recurrent layers compute is not small',
  Split: 'it has several results',
};
