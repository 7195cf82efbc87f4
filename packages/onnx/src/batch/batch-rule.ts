// What a rule for many clients is given, and gives: the node as it was for one, and where it emits that of many.
import type { GraphBuilder } from '../builder/graph-builder.js';
import type { OnnxNode, OnnxValue } from '../model/onnx-model.js';
import { CannotBatch } from './cannot-batch.js';
import { type Batched, batchedShape } from './clients-axis.js';
import type { Origins } from './exact-values.js';

/** A node of which some client's own value is read. */
export interface BatchCall extends Origins {
  readonly node: OnnxNode;
  readonly builder: GraphBuilder;
  /** What an input has become; throws where it is left out. */
  input(index: number): Batched;
  /** How many clients there are: int64 [1]. */
  clients(): OnnxValue;
}

/** Emits the node for many clients; its one output is of the batched shape. Throws a `CannotBatch`. */
export type BatchRule = (call: BatchCall) => OnnxValue;

export const outputOf = ({ node }: BatchCall): OnnxValue => node.outputs[0] as OnnxValue;
export const described = (own: OnnxValue) => ({ dtype: own.dtype, shape: batchedShape(own) });

/** The numbers of a constant input, such as axes. */
export function numbersOf({ node, constant }: BatchCall, index: number): readonly number[] {
  const found = constant(node.inputs[index]);
  if (found === undefined) throw new CannotBatch(`${node.op} takes axes or sizes that are computed`);
  return Array.from(found.data as BigInt64Array, Number);
}
