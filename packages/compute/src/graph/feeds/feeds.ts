// The inputs of a lowered graph: the leaves of the argument, and what is made for each call from the lengths
// of its datasets and its seed: batch indices, masks, random numbers. Plain data, so that a client in another
// language can make the same inputs from the page docs/protocol.md.
import type { RandomNode, SequenceView } from '../kernel-graph.js';

export type Feed =
  /** The argument's leaf of that index, as it is. */
  | { readonly kind: 'argument'; readonly name: string; readonly leaf: number }
  /** int32 [steps, batchSize] (or [steps] element by element): which element of the dataset stands where. */
  | {
      readonly kind: 'indices';
      readonly name: string;
      readonly leaf: number;
      readonly reduce: number;
      readonly view: SequenceView;
    }
  /** float32 [steps, batchSize]: 1 for an element, 0 for padding. */
  | {
      readonly kind: 'mask';
      readonly name: string;
      readonly leaf: number;
      readonly reduce: number;
      readonly view: SequenceView;
    }
  /**
   * Random numbers of `shape`; within a reduction, [steps, ...shape]. `draw` counts the random nodes of the
   * graph (or of the reduction's body) and splits the seed.
   */
  | {
      readonly kind: 'random';
      readonly name: string;
      readonly reduce: number | null;
      readonly draw: number;
      readonly shape: readonly number[];
      readonly distribution: RandomNode['distribution'];
      /** Of a draw within a reduction: a column leaf of the dataset, whose length gives the steps. */
      readonly leaf?: number;
      readonly view?: SequenceView;
    };
