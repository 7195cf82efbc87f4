// InfraValidator: whether what would be pushed can be served. It loads the very bytes in an ONNX runtime, asks them
// about rows, and compares the answers with those of the captured graph on another engine.
import { createOnnxEngine, createTfjsEngine, localComputation, tf } from '@starling/compute';
import { compileGraph, type GraphArtifact } from '@starling/compute/graph';
import {
  type LocalComputation,
  type StructType,
  seedFrom,
  struct,
  structEntries,
  type Tensor,
  type TensorType,
  type Type,
} from '@starling/federated-core';
import { checkOptions, count, flatten, kinds, required } from '@starling/federated-core/plan';
import type { Batch } from '@starling/learning';
import { decodeModel } from '@starling/onnx';
import type { TableColumns } from '@starling/population';
import { textBytes } from '@starling/population';
import type { Artifact } from '../artifacts/artifact.js';
import { canonical } from '../artifacts/canonical.js';
import { nodeOf } from '../nodes/check-node.js';
import type { Node } from '../nodes/node.js';
import type { DatasetStatistics } from '../statistics/dataset-statistics.js';
import { batchType } from '../transform/captured-transform.js';
import { type StatisticsNode, statisticsIn } from './statistics-gen.js';
import { type ModelNode, weightsIn } from './trainer.js';
import { transformedModel } from './transformed-model.js';
import { constantsIn } from './transformer.js';

export interface InfraValidatorOptions {
  readonly name?: string;
  readonly model: ModelNode;
  /** Where the values of the rows that are asked about come from: quantiles, and texts of enough clients. */
  readonly statistics: StatisticsNode;
  /** Rows that are asked about; 16 by default. */
  readonly requests?: number;
}

/** Engines round differently; beyond this, as a share of the answer or of 1, they say different things. */
const TOLERANCE = 1e-4;

export function infraValidator(options: InfraValidatorOptions): Node<'InfraBlessing'> {
  checkOptions('Cannot validate the serving of a model', options, {
    name: kinds.text,
    model: required(nodeOf('Model', 'trainer')),
    statistics: required(nodeOf('ExampleStatistics', 'statisticsGen')),
    requests: count,
  });
  const { name = 'infra-validator', model, statistics, requests = 16 } = options;
  return {
    kind: 'InfraBlessing',
    component: 'InfraValidator',
    name,
    inputs: { model, statistics, transform: model.transform },
    prepare: (context, inputs) => ({
      identity: { requests, engine: context.engine.name },
      make: async () => {
        const artifact = inputs['model'] as Artifact<'Model'>;
        const known = constantsIn(inputs['transform'] as Artifact<'TransformGraph'>, model.transform.source);
        const { train } = statisticsIn(inputs['statistics'] as Artifact<'ExampleStatistics'>);
        const { columns } = model.transform.source;
        const { outputs } = transformedModel(model.model, model.transform, known).model;
        const weights = weightsIn(artifact);
        const captured = localComputation(
          { rows: batchType(columns, 1) },
          ({ rows }) =>
            outputs!(
              Object.fromEntries(
                Object.entries(weights).map(([one, { shape, data }]) => [
                  one,
                  tf.tensor(data as Float32Array, [...shape]),
                ]),
              ),
              rows as Batch,
            ),
          { name: 'outputs' },
        ) as LocalComputation;
        const rows = Array.from({ length: requests }, (_, row) => rowOfStatistics(columns, train, row));
        const refused = await compare(artifact.read('model.onnx'), captured, columns, rows);
        return {
          files: { 'infra.json': canonical({ model: artifact.id, requests, refused }, 2) },
          properties: { model: artifact.id },
          refused,
          summary:
            refused.length === 0
              ? `${requests} rows: the same outputs on two engines`
              : `NOT BLESSED: ${refused[0]}`,
        };
      },
    }),
  };
}

/** What keeps the bytes from being served; nothing if they are served as they should be. */
async function compare(
  onnx: Uint8Array,
  captured: LocalComputation,
  columns: TableColumns,
  rows: readonly Readonly<Record<string, Tensor>>[],
): Promise<readonly string[]> {
  const [served, reference] = [await createOnnxEngine(), await createTfjsEngine({ backend: 'cpu' })];
  try {
    const pushed = pushedGraph(onnx, columns, captured.type.result);
    const loaded = await served.load(pushed);
    const expected = await reference.load(compileGraph(captured));
    const type = batchType(columns, 1);
    for (const row of rows) {
      const names = structEntries(pushed.parameter as StructType).map(([one]) => String(one));
      const [got] = await loaded.run(
        names.map((one) => row[one] as Tensor),
        seedFrom(0),
      );
      const [wanted] = await expected.run(flatten(type, row as never), seedFrom(0));
      const difference = largestDifference(got as Tensor, wanted as Tensor);
      if (!(difference <= TOLERANCE)) {
        return [
          `the pushed model gives [${[...(got!.data as Float32Array)]}] where the graph gives [${[...(wanted!.data as Float32Array)]}]`,
        ];
      }
    }
    return [];
  } catch (error) {
    return [`the pushed model could not be asked: ${(error as Error).message.split('\n')[0]}`];
  } finally {
    await served.dispose();
    await reference.dispose();
  }
}

/** The bytes as an engine loads them: by the inputs that they have themselves. */
function pushedGraph(onnx: Uint8Array, columns: TableColumns, result: Type): GraphArtifact {
  const { inputs } = decodeModel(onnx);
  const types = new Map(
    structEntries(batchType(columns, 1)).map(([name, type]) => [String(name), type as TensorType]),
  );
  const parameter = struct(
    Object.fromEntries(inputs.map(({ name }) => [name, types.get(name) as TensorType])),
  ) as Type;
  const feeds = inputs.map(({ name }, leaf) => ({ kind: 'argument' as const, name, leaf }));
  return { id: 'pushed', name: 'pushed model', parameter, result, kernels: new Uint8Array(), onnx, feeds };
}

/** A made-up row: of each column another of the values that are known of it, and now and then none. */
function rowOfStatistics(
  columns: TableColumns,
  { features }: DatasetStatistics,
  row: number,
): Readonly<Record<string, Tensor>> {
  const byName = new Map(features.map((one) => [one.name, one]));
  return Object.fromEntries(
    Object.entries(columns).map(([name, column], at): [string, Tensor] => {
      const found = byName.get(name);
      const isMissing = row > 0 && (row + at) % 7 === 0;
      if (column.kind === 'number') {
        const values = (found?.numeric?.quantiles ?? []).flatMap(({ value }) =>
          value === null ? [] : [value],
        );
        const value =
          isMissing || values.length === 0 ? Number.NaN : (values[(row * 3 + at) % values.length] as number);
        return [name, { dtype: 'float32', shape: [1], data: Float32Array.of(value) }];
      }
      const values = found?.text?.values ?? [];
      const value =
        isMissing || values.length === 0 ? '' : String(values[(row * 3 + at) % values.length]!.value);
      return [
        name,
        { dtype: 'uint8', shape: [1, column.maxBytes], data: Uint8Array.from(textBytes(column, value)) },
      ];
    }),
  );
}

/** As a share of the answer, or of 1 if it is smaller; NaN and NaN are the same. */
function largestDifference(left: Tensor, right: Tensor): number {
  const [a, b] = [left.data as Float32Array, right.data as Float32Array];
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  return a.reduce((most, value, at) => {
    const other = b[at] as number;
    if (Object.is(value, other)) return most;
    return Math.max(most, Math.abs(value - other) / Math.max(1, Math.abs(other)));
  }, 0);
}
