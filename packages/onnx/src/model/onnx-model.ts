// ONNX models as plain data, with the type and shape of every value known: what lowering builds, passes
// rewrite, and `encode-model.ts` turns into bytes.
import type { Tensor } from '@starling/federated-core';

/** Element types of ONNX values that lowering makes. */
export type OnnxDType = 'float32' | 'float64' | 'int32' | 'int64' | 'uint8' | 'bool' | 'string';

/** A value of an ONNX graph. Names are unique in the whole model, subgraphs included. */
export interface OnnxValue {
  readonly name: string;
  readonly dtype: OnnxDType;
  /** −1 marks a length that is not known until run time: steps, or the examples of a dataset. */
  readonly shape: readonly number[];
}

export type OnnxAttribute =
  | { readonly kind: 'int'; readonly value: number }
  | { readonly kind: 'ints'; readonly value: readonly number[] }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'graph'; readonly value: OnnxGraph };

export interface OnnxNode {
  readonly op: string;
  /** Whose operator it is; ONNX's own where absent. */
  readonly domain?: string;
  /** `null` leaves out an optional input. */
  readonly inputs: readonly (OnnxValue | null)[];
  readonly outputs: readonly OnnxValue[];
  readonly attributes: { readonly [name: string]: OnnxAttribute };
}

export interface OnnxConstant {
  readonly value: OnnxValue;
  readonly tensor: Tensor;
}

/** A graph or subgraph. A subgraph may read values of the graphs around it. */
export interface OnnxGraph {
  readonly name: string;
  readonly inputs: readonly OnnxValue[];
  readonly constants: readonly OnnxConstant[];
  readonly nodes: readonly OnnxNode[];
  readonly outputs: readonly OnnxValue[];
}

/** The graphs inside a node: the body of a Loop or Scan, the branches of an If. */
export const subgraphsOf = (node: OnnxNode): readonly OnnxGraph[] =>
  Object.values(node.attributes).flatMap((each) => (each.kind === 'graph' ? [each.value] : []));

/** The body of a Loop or Scan node; `null` for other nodes. */
export function subgraphOf(node: OnnxNode): OnnxGraph | null {
  const body = node.attributes['body'];
  return body?.kind === 'graph' ? body.value : null;
}
