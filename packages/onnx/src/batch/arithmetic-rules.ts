// Operators that compute: what rounds as IEEE 754 says does so anywhere in a vector; of sums and extremes only those
// that are the same in any order.
import type { OnnxValue } from '../model/onnx-model.js';
import { type BatchRule, described, numbersOf, outputOf } from './batch-rule.js';
import { CannotBatch } from './cannot-batch.js';
import { aligned, hasRows, movedAxis } from './clients-axis.js';
import { isPlain, isZeroOrOne } from './exact-values.js';

/** Element by element, with broadcasting. */
export const elementwise: BatchRule = (call) => {
  const { node, builder } = call;
  const result = outputOf(call);
  const operands = node.inputs.map((input, index) =>
    input === null ? null : aligned(builder, call.input(index), result),
  );
  return builder.emitOne(node.op, operands, described(result), node.attributes);
};

/** Max, Min, Sign: which of 0 and −0 is the larger, and what becomes of NaN, depends on the place in a vector. */
export const ofPlainNumbers: BatchRule = (call) => {
  const { node } = call;
  if (!node.inputs.every((input) => input === null || isPlain(input, call))) {
    throw new CannotBatch(`${node.op} is of numbers that may be NaN or −0`);
  }
  return elementwise(call);
};

/** The bounds of a Clip are scalars of all. */
export const clip: BatchRule = (call) => {
  const hasOwnBounds = [1, 2].some((index) => call.node.inputs[index] != null && call.input(index).isOwn);
  if (hasOwnBounds) throw new CannotBatch('Clip has bounds of each client');
  return ofPlainNumbers(call);
};

/** Sums of integers are the same in any order, and so are those of zeros and ones, and extremes of plain numbers. */
export const reduction: BatchRule = (call) => {
  const { node, builder } = call;
  const [x] = node.inputs as readonly [OnnxValue];
  const isExact = node.op === 'ReduceSum' ? x.dtype === 'int64' || isZeroOrOne(x, call) : isPlain(x, call);
  if (!isExact) throw new CannotBatch(`${node.op} depends on the order in which it takes its numbers`);
  const { own, value } = call.input(0);
  const result = outputOf(call);
  const axes = numbersOf(call, 1).map((axis) => movedAxis(own, axis));
  if (axes.length === 0) throw new CannotBatch(`${node.op} names no axes`);
  if (hasRows(own) && axes.includes(0) && node.attributes['keepdims']?.value !== 0) {
    throw new CannotBatch(`${node.op} keeps an axis of rows`);
  }
  return builder.emitOne(node.op, [value, builder.ints(axes)], described(result), node.attributes);
};
