// The kernel graph: what capturing a local computation gives. Plain data, in the words of tf.js kernels
// (name, inputs, attributes), with every shape known but the length of datasets. It is cleaned, hashed,
// lowered to ONNX, or replayed kernel by kernel on a tf.js backend.
import type { Tensor } from '@starling/federated-core';
import type { Kernel } from './kernels.js';

/** Index into `KernelGraph.values`. */
export type ValueId = number;

/** Element types that values of a graph may have. tf.js computes in float32, int32 and bool. */
export type GraphDType = 'float32' | 'int32' | 'bool' | 'uint8' | 'string';

export interface ValueSpec {
  readonly dtype: GraphDType;
  /** −1 only as the first axis of a dataset's column. */
  readonly shape: readonly number[];
}

export type Attribute =
  | null
  | boolean
  | number
  | string
  | readonly Attribute[]
  | { readonly [name: string]: Attribute };

/** One tf.js kernel call. */
export interface KernelNode {
  readonly op: 'kernel';
  /** The tf.js kernel name, such as `BatchMatMul` or `Conv2DBackpropFilter`. */
  readonly kernel: Kernel;
  /** By tf.js input name; several for variadic kernels such as `Concat`. */
  readonly inputs: { readonly [name: string]: ValueId | readonly ValueId[] };
  readonly attributes: { readonly [name: string]: Attribute };
  readonly outputs: readonly ValueId[];
}

/**
 * A number of a view: the same in every call, or the int32 scalar at `leaf` of the call's argument, so that it can be
 * a value of the round or of the client.
 */
export type ViewCount = number | { readonly leaf: number };

/** How a dataset is walked: repeated `epochs` times, each epoch in a new order if `shuffle`, in batches. */
export interface SequenceView {
  /** Elements a batch; `null` walks element by element, without a batch axis and without a mask. */
  readonly batchSize: number | null;
  readonly shuffle: boolean;
  /** Passes over the dataset; `null` if `steps` says how long the walk is. */
  readonly epochs: ViewCount | null;
  /** Leaves out the last batch of an epoch when it is short; else it is padded and masked. */
  readonly dropRemainder: boolean;
  /** At most so many elements of the dataset are used in each epoch; `null` is all. */
  readonly take: ViewCount | null;
  /** Steps in all: as many epochs as they need, the last one cut short. Absent if `epochs` is given. */
  readonly steps?: ViewCount;
  /** Whether a batch may begin in one epoch and end in the next, so that only the last one of all is short. */
  readonly acrossEpochs?: true;
}

/** A fold over a dataset: one ONNX Loop. */
export interface ReduceNode {
  readonly op: 'reduce';
  /** Columns of the dataset: graph inputs with a first axis of −1. */
  readonly columns: readonly ValueId[];
  readonly view: SequenceView;
  readonly initial: readonly ValueId[];
  /** Values of the enclosing graph that the body reads: the last inputs of `body`. */
  readonly captures: readonly ValueId[];
  /**
   * Inputs: state leaves, element leaves (batched: first axis `batchSize`), the mask (float32 [batchSize],
   * 1 for an element and 0 for padding; only when batched), captures. Outputs: the new state leaves.
   */
  readonly body: KernelGraph;
  readonly outputs: readonly ValueId[];
  readonly written?: WrittenPlace;
}

/**
 * A recurrence over the first axis of tensors, of a length known while capturing: what recurrent layers and their
 * gradients become. One ONNX Scan.
 */
export interface ScanNode {
  readonly op: 'scan';
  readonly steps: number;
  /** Walks from the last step to the first. */
  readonly reverse: boolean;
  /** Tensors of first axis `steps`; the body gets one slice of each, without that axis. */
  readonly sequences: readonly ValueId[];
  readonly initial: readonly ValueId[];
  /** Values of the enclosing graph that the body reads: the last inputs of `body`. */
  readonly captures: readonly ValueId[];
  /** Inputs: carried values, slices, captures. Outputs: the new carried values, then one result a step. */
  readonly body: KernelGraph;
  /** The last carried values, then the results stacked: first axis `steps`, index t made by the step of slice t. */
  readonly outputs: readonly ValueId[];
}

/** The number of elements of a dataset: an int32 scalar. */
export interface LengthNode {
  readonly op: 'length';
  readonly columns: readonly ValueId[];
  readonly output: ValueId;
}

/**
 * Numbers drawn from the seed of the call; in a body, drawn anew for each step. They are made outside the
 * graph and enter as an input, so that every engine sees the same.
 */
export interface RandomNode {
  readonly op: 'random';
  readonly distribution:
    | { readonly kind: 'uniform'; readonly low: number; readonly high: number }
    | { readonly kind: 'normal'; readonly mean: number; readonly stddev: number }
    /** 1 with `probability`, else 0, as float32. */
    | { readonly kind: 'bernoulli'; readonly probability: number };
  readonly output: ValueId;
  readonly written?: WrittenPlace;
}

/**
 * Which draw, or which reduction, of its body a node is as that was written, from 0: cleaning leaves some out. Only in
 * a graph that is captured to run its body eagerly; not part of its bytes.
 */
export type WrittenPlace = number;

export type GraphNode = KernelNode | ReduceNode | ScanNode | LengthNode | RandomNode;

export interface KernelGraph {
  readonly values: readonly ValueSpec[];
  /** In the order of the argument's leaves. */
  readonly inputs: readonly ValueId[];
  readonly constants: readonly { readonly value: ValueId; readonly tensor: Tensor }[];
  /** In an order in which every node follows what it reads. */
  readonly nodes: readonly GraphNode[];
  readonly outputs: readonly ValueId[];
}
