// How a client goes through its values of a column: batch by batch, each different value once, with its rows.
import {
  localComputation,
  type SymbolicDataset,
  sequenceLength,
  sequenceReduce,
  type TensorStructure,
  tf,
} from '@starling/compute';
import {
  type ClientsValue,
  federatedMap,
  federatedSum,
  type LocalComputation,
  type SymbolicValue,
  type Type,
} from '@starling/federated-core';
import { columnData, type TableColumn } from '@starling/population';

/**
 * Values at a time: large enough that the engine's overhead is small, small enough that a client of a few values does
 * not go through many that are none, and that sums of digits stay below 2^31 (see `moments`).
 */
export const BATCH = 2048;

export interface ValueBatch {
  /** int32 [BATCH, bytes of a value]. */
  readonly value: tf.Tensor2D;
  /** int32 [BATCH]: 0 for what only fills the batch up. */
  readonly rows: tf.Tensor1D;
  /** int32 [BATCH]: 1 for a value, 0 for what fills the batch up. */
  readonly isValue: tf.Tensor1D;
}

/** What a client holds of a column, within a local computation. */
export interface CapturedColumn {
  readonly values: SymbolicDataset<{ readonly value: tf.Tensor; readonly rows: tf.Tensor }>;
  /** int32: rows without a value. */
  readonly missing: tf.Tensor;
}

/** Folds a column's values into a state. */
export function foldValues<S extends TensorStructure>(
  { values }: CapturedColumn,
  initial: S,
  step: (state: never, batch: ValueBatch) => TensorStructure,
): S {
  return plainReduce(values.batch(BATCH), initial, (state, { value, rows }, mask) => {
    const isValue = tf.cast(mask, 'int32') as tf.Tensor1D;
    return step(state as never, {
      value: value as tf.Tensor2D,
      rows: tf.mul(rows, isValue) as tf.Tensor1D,
      isValue,
    });
  }) as S;
}

/** `sequenceReduce` without the types of its state, which TypeScript cannot follow where its form is not known. */
const plainReduce = sequenceReduce as unknown as <E>(
  dataset: SymbolicDataset<E>,
  initial: TensorStructure,
  body: (state: unknown, element: E, mask: tf.Tensor) => TensorStructure,
) => TensorStructure;

/** int32: 1 if the client has a value of the column, else 0. */
function hasValues({ values }: CapturedColumn): tf.Tensor {
  return tf.minimum(tf.cast(sequenceLength(values), 'int32'), tf.scalar(1, 'int32'));
}

/** The sum over clients of int32 tensors that `body` makes of what each has of a column, with the number of clients. */
export function sumOfColumn(
  name: string,
  column: TableColumn,
  data: ClientsValue,
  body: (column: CapturedColumn) => Readonly<Record<string, tf.Tensor>>,
): SymbolicValue {
  return sumOf(name, columnData(column), data, (captured) => {
    const own = captured as unknown as CapturedColumn;
    return { ...body(own), clients: hasValues(own) };
  });
}

/** The sum over clients of int32 tensors that `body` makes of what each holds. */
export function sumOf(
  name: string,
  type: Type,
  data: ClientsValue,
  body: (captured: never) => Readonly<Record<string, tf.Tensor>>,
): SymbolicValue {
  const work = localComputation(
    { data: type },
    (argument) => body((argument as { data: unknown }).data as never),
    {
      name,
    },
  );
  return sumMapped(work as LocalComputation, { data });
}

/** The sum over clients of what `work` gives at each. */
export function sumMapped(
  work: LocalComputation,
  values: Readonly<Record<string, ClientsValue>>,
): SymbolicValue {
  return federatedSum(federatedMap(work as never, values as never) as never) as unknown as SymbolicValue;
}
