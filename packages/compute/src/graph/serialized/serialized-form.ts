// The form of a kernel graph as bytes: "SKG1", the header's length (uint32, little-endian), the header (JSON in UTF-8),
// zeros up to a multiple of 8, then the constants' data (little-endian), each starting at a multiple of 8.
import type { GraphDType, KernelGraph, ValueId } from '../kernel-graph.js';

export const MAGIC = 'SKG1';
export const PREFIX_BYTES = 8;
const ALIGNMENT = 8;

export type JsonConstant =
  | {
      readonly value: ValueId;
      readonly dtype: GraphDType;
      readonly shape: readonly number[];
      readonly at: number;
    }
  | {
      readonly value: ValueId;
      readonly dtype: 'string';
      readonly shape: readonly number[];
      readonly strings: readonly string[];
    };

export interface JsonGraph extends Omit<KernelGraph, 'constants' | 'nodes'> {
  readonly constants: readonly JsonConstant[];
  readonly nodes: readonly unknown[];
}

export function aligned(length: number): number {
  return Math.ceil(length / ALIGNMENT) * ALIGNMENT;
}
