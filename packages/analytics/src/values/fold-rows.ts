// How a client goes through rows of several columns at once: those in which no value is missing, batch by batch.
import {
  type SymbolicDataset,
  sequenceLength,
  sequenceReduce,
  type TensorStructure,
  tf,
} from '@starling/compute';
import type { ClientsValue, SymbolicValue } from '@starling/federated-core';
import { jointData, type TableColumn } from '@starling/population';
import { BATCH, sumOf } from './fold-values.js';

/** What a client holds of joint columns, within a local computation. */
export interface CapturedRows {
  readonly rows: SymbolicDataset<readonly tf.Tensor[]>;
}

/**
 * Folds rows into a state: values by column, int32 [BATCH, bytes], and int32 [BATCH], 1 for a row and 0 for padding.
 */
export function foldRows<S extends TensorStructure>(
  { rows }: CapturedRows,
  initial: S,
  step: (state: never, values: readonly tf.Tensor2D[], isRow: tf.Tensor1D) => TensorStructure,
): S {
  const reduce = sequenceReduce as unknown as (
    dataset: SymbolicDataset<readonly tf.Tensor[]>,
    initial: TensorStructure,
    body: (state: unknown, element: readonly tf.Tensor[], mask: tf.Tensor) => TensorStructure,
  ) => TensorStructure;
  return reduce(rows.batch(BATCH), initial, (state, values, mask) =>
    step(state as never, values as readonly tf.Tensor2D[], tf.cast(mask, 'int32') as tf.Tensor1D),
  ) as S;
}

/** The sum over clients of int32 tensors that `body` makes of each one's rows, with the number of clients with rows. */
export function sumOfRows(
  name: string,
  columns: readonly TableColumn[],
  data: ClientsValue,
  body: (rows: CapturedRows) => Readonly<Record<string, tf.Tensor>>,
): SymbolicValue {
  return sumOf(name, jointData(columns), data, (captured) => {
    const own = captured as unknown as CapturedRows;
    const clients = tf.minimum(tf.cast(sequenceLength(own.rows), 'int32'), tf.scalar(1, 'int32'));
    return { ...body(own), clients };
  });
}
