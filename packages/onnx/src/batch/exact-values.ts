// What is known of a value's numbers from the operators that made it, where more operators are exact than in general:
// counts add up to the same in any order, and of plain numbers one is the larger in only one way.

import type { Tensor } from '@starling/federated-core';
import type { OnnxNode, OnnxValue } from '../model/onnx-model.js';

/** What made a value, and what it holds where it is a constant. */
export interface Origins {
  producer(value: OnnxValue): OnnxNode | undefined;
  constant(value: OnnxValue | null | undefined): Tensor | undefined;
}

const KEEP_COUNTS: ReadonlySet<string> = new Set([
  'Cast',
  'Identity',
  'Reshape',
  'Transpose',
  'Gather',
  'Expand',
]);

/** Whether all numbers are 0 or 1, or bools: sums of fewer than 2^24 of them are exact in float32. */
export function isZeroOrOne(value: OnnxValue, origins: Origins): boolean {
  if (value.dtype === 'bool') return true;
  const node = origins.producer(value);
  const source = node?.inputs[0];
  return node !== undefined && source != null && KEEP_COUNTS.has(node.op) && isZeroOrOne(source, origins);
}

const KEEP_PLAIN: ReadonlySet<string> = new Set([...KEEP_COUNTS, 'Max', 'Min', 'ReduceMax', 'ReduceMin']);

/** Whether no number can be NaN or −0: integers, what is cast of them, and constants that are neither. */
export function isPlain(value: OnnxValue, origins: Origins): boolean {
  if (value.dtype !== 'float32' && value.dtype !== 'float64') return true;
  const constant = origins.constant(value);
  if (constant !== undefined) {
    return Array.from(constant.data as Float32Array).every((x) => !Number.isNaN(x) && !Object.is(x, -0));
  }
  const node = origins.producer(value);
  if (node === undefined) return false;
  if (node.op === 'ReduceSum') return isZeroOrOne(node.inputs[0] as OnnxValue, origins);
  const sources =
    node.op === 'Gather' || node.op === 'Reshape' || node.op === 'Expand' ? 1 : node.inputs.length;
  return (
    KEEP_PLAIN.has(node.op) &&
    node.inputs.slice(0, sources).every((input) => input === null || isPlain(input, origins))
  );
}
