// A preprocessing function as graphs: of its features, and of what each of its analyzers is asked of. The function is
// run on shapes alone, as often as needed; the same constants give the same graph.
import { localComputation, tf } from '@starling/compute';
import {
  int32,
  type LocalComputation,
  StarlingError,
  type StructType,
  struct,
  structEntries,
  type TensorType,
  type Type,
} from '@starling/federated-core';
import { optionError } from '@starling/federated-core/plan';
import type { TableColumns } from '@starling/population';
import { rowType } from '../examples/row-data.js';
import type { Analyze, AnalyzerCall, Constants, KnownConstants } from './analyze.js';
import { analyzeWith } from './analyzers.js';
import { orderedBytes } from './ordered-bytes.js';

/** A column in a preprocessing function: numbers float32 [B], NaN where missing; texts int32 [B, bytes]. */
export type ColumnTensors<C extends TableColumns> = { readonly [K in keyof C]: tf.Tensor };
export type Features = Readonly<Record<string, tf.Tensor>>;
export type Preprocess<C extends TableColumns, F extends Features = Features> = (
  columns: ColumnTensors<C>,
  analyze: Analyze,
) => F;

export interface TransformSource {
  readonly columns: TableColumns;
  readonly preprocess: Preprocess<TableColumns>;
  readonly minClients: number;
}

/** Rows to trace a batch with: more than one, so that a result of one row is told from one of a batch. */
const BATCH = 3;

/** The features of a batch of rows, and the analyzers that were called for them. */
export function traceFeatures(
  source: TransformSource,
  rows: Readonly<Record<string, tf.Tensor>>,
  { known, salt }: { readonly known: KnownConstants; readonly salt: number },
): { readonly features: Features; readonly calls: readonly AnalyzerCall[] } {
  const calls: AnalyzerCall[] = [];
  const { columns, preprocess, minClients } = source;
  // A view of its own for each column: what is analysed as it is, is known by it.
  const analyze = analyzeWith({
    columns,
    tensors: rows,
    known,
    salt,
    minClients,
    onCall: (call) => calls.push(call),
  });
  return { features: preprocess(rows as never, analyze), calls };
}

/** The local computation of a batch of rows to its features. */
export function featuresComputation(
  source: TransformSource,
  known: KnownConstants,
  salt = 1,
  size = BATCH,
): LocalComputation {
  return localComputation(
    { rows: batchType(source.columns, size) },
    ({ rows }) => traceFeatures(source, rows as never, { known, salt }).features,
    { name: 'preprocess' },
  ) as LocalComputation;
}

/** What an example is to a model: a record of features. Throws a `RangeError` for one that is not one for each row. */
export function featureType(source: TransformSource): StructType {
  const { result } = featuresComputation(source, new Map()).type;
  if (result.kind !== 'struct')
    throw optionError(
      'Cannot transform examples: preprocess must give features by name, such as { fare: … }',
    );
  const fields = structEntries(result).map(([name, type]) => {
    const { dtype, shape } = type as TensorType;
    if (type.kind !== 'tensor' || shape[0] !== BATCH) {
      const got = type.kind === 'tensor' ? `[${shape}]` : `a ${type.kind}`;
      throw optionError(
        `Cannot transform examples: feature '${String(name)}' must be a tensor with a row for each of the batch, [${BATCH}, …], got ${got}`,
      );
    }
    return [name, { kind: 'tensor', dtype, shape: shape.slice(1) } as TensorType] as const;
  });
  return struct(Object.fromEntries(fields)) as StructType;
}

/** The analyzers in the order of their calls. */
export function analyzerCalls(source: TransformSource, known: KnownConstants): readonly AnalyzerCall[] {
  let found: readonly AnalyzerCall[] = [];
  localComputation(
    { rows: batchType(source.columns, BATCH) },
    ({ rows }) => {
      const { features, calls } = traceFeatures(source, rows as never, { known, salt: 1 });
      found = calls;
      return features;
    },
    { name: 'preprocess' },
  );
  return found;
}

/** From a row to what an analyzer is asked of, as a value of a column: for analyzers of what is computed. */
export function inputComputation(
  source: TransformSource,
  place: number,
  known: KnownConstants,
  salt = 1,
): LocalComputation {
  return localComputation(
    rowType(source.columns) as Type,
    (row) => {
      const rows = Object.fromEntries(
        Object.entries(row as unknown as Readonly<Record<string, tf.Tensor>>).map(([name, value]) => [
          name,
          tf.expandDims(value, 0),
        ]),
      );
      const { calls } = traceFeatures(source, rows, { known, salt });
      const call = calls[place];
      if (call === undefined) {
        throw new StarlingError(
          'impure-preprocess',
          `Cannot transform examples: preprocess must call the same analyzers each time, got ${calls.length} calls of at least ${place + 1}`,
        );
      }
      return { value: orderedBytes(tf.squeeze(call.input)), rows: tf.scalar(1, 'int32') };
    },
    { name: `input of analyzer ${place}`, result: struct({ value: int32(4), rows: int32() }) },
  ) as LocalComputation;
}

/** Whether what an analyzer is asked of depends on nothing that is still unknown. */
export function isReady(source: TransformSource, place: number, known: KnownConstants): boolean {
  const [one, other] = [1, 2].map((salt) => inputComputation(source, place, known, salt).id);
  return one === other;
}

/** The rows of a batch: float32 [size] and uint8 [size, bytes]. */
export function batchType(columns: TableColumns, size: number): StructType {
  const fields = structEntries(rowType(columns)).map(
    ([name, type]) =>
      [name, { ...(type as TensorType), shape: [size, ...(type as TensorType).shape] }] as const,
  );
  return struct(Object.fromEntries(fields)) as StructType;
}

export type { Constants, KnownConstants };
