// Transform: what a preprocessing function asks of all rows becomes constants, and what is left is one graph from raw
// columns to features. That graph is part of the model from here on: clients train on it, are evaluated on it, and the
// model that is pushed has it within. Code that serves and code that trains cannot differ, since there is one.
import { isWithheld, type Statistic, type Withheld } from '@starling/analytics';
import { localComputation, sequenceLength, tf } from '@starling/compute';
import { exportOnnx } from '@starling/compute/graph';
import {
  atClients,
  call,
  type FederatedComputation,
  federatedComputation,
  federatedMap,
  federatedSequenceMap,
  federatedZip,
  field,
  requireAggregated,
  StarlingError,
  type StructType,
  seedFrom,
  sequence,
  type Tensor,
} from '@starling/federated-core';
import {
  checkOptions,
  flatten,
  kinds,
  leafNames,
  numberWithin,
  required,
} from '@starling/federated-core/plan';
import { computedColumn, type TableColumn, type TableColumns } from '@starling/population';
import { type Artifact, jsonOf } from '../artifacts/artifact.js';
import { canonical } from '../artifacts/canonical.js';
import { rowType } from '../examples/row-data.js';
import type { Node, NodeContext } from '../nodes/node.js';
import type { AnalyzerCall, Constants, KnownConstants } from '../transform/analyzers.js';
import {
  analyzerCalls,
  batchType,
  type Features,
  featuresComputation,
  featureType,
  inputComputation,
  isReady,
  type Preprocess,
  type TransformSource,
} from '../transform/captured-transform.js';
import type { ExamplesNode } from './example-gen.js';

export interface TransformerOptions<C extends TableColumns, F extends Features> {
  readonly name?: string;
  readonly examples: ExamplesNode<C>;
  /** That the examples fit their schema: without it nothing is made of them. */
  readonly valid: Node<'ExampleAnomalies'>;
  /** From columns of a batch to features of its rows. Pure, and of each row by itself. */
  readonly preprocess: Preprocess<C, F>;
  /** Analyzers of what fewer clients have are refused; 10 by default. */
  readonly minClients?: number;
}

export interface TransformNode<F extends Features = Features> extends Node<'TransformGraph'> {
  readonly examples: ExamplesNode;
  /** The type of an example as a model gets it: a record of features. */
  readonly example: StructType;
  readonly source: TransformSource;
  /** Carries the names of the features; never set. */
  readonly features?: F;
}

/** `transform.json`. */
interface TransformFile {
  readonly graph: string;
  readonly analyzers: readonly {
    readonly kind: string;
    readonly of: string | null;
    readonly parameters: unknown;
    readonly constants: Readonly<
      Record<
        string,
        {
          readonly dtype: string;
          readonly shape: readonly number[];
          readonly data: readonly (number | string)[];
        }
      >
    >;
  }[];
}

export function transformer<const C extends TableColumns, F extends Features>(
  options: TransformerOptions<C, F>,
): TransformNode<F> {
  checkOptions('Cannot transform examples', options, {
    name: kinds.text,
    examples: required(kinds.record),
    valid: required(kinds.record),
    preprocess: required(kinds.callable),
    minClients: numberWithin({ whole: true, from: 0 }),
  });
  const { name = 'transform', examples, valid, preprocess, minClients = 10 } = options;
  const source: TransformSource = {
    columns: examples.columns,
    preprocess: preprocess as unknown as Preprocess<TableColumns>,
    minClients,
  };
  return {
    kind: 'TransformGraph',
    component: 'Transform',
    name,
    inputs: { examples, valid },
    examples: examples as unknown as ExamplesNode,
    example: featureType(source),
    source,
    prepare: (context) => {
      const nothing: KnownConstants = new Map();
      const calls = analyzerCalls(source, nothing);
      const asked = calls.map(({ kind, parameters, column }, place) => ({
        kind,
        parameters,
        of: column ?? inputComputation(source, place, nothing).id,
      }));
      return {
        identity: { graph: featuresComputation(source, nothing).id, analyzers: asked, minClients } as never,
        make: async () => {
          const { known, passes, words } = await analyzeAll(
            source,
            examples as unknown as ExamplesNode,
            context,
          );
          const graph = featuresComputation(source, known);
          await checkRows(source, known, context);
          const file: TransformFile = {
            graph: graph.id,
            analyzers: calls.map(({ kind, column, parameters }, place) => ({
              kind,
              of: column,
              parameters,
              constants: plainConstants(known.get(place) as Constants),
            })),
          };
          const names = new Set(leafNames(graph.type.result));
          const onnx = exportOnnx(featuresComputation(source, known, 1, 1), {
            constants: new Map(),
            nameOf: (leaf) => (names.has(leaf) ? leaf : leaf.replace(/^rows\./, '')),
          });
          return {
            files: { 'transform.json': canonical(file, 1), 'transform.onnx': onnx, ...words },
            properties: { analyzers: calls.length, passes },
            summary: `${calls.length} analyzers in ${passes} ${passes === 1 ? 'pass' : 'passes'}, ${leafNames(graph.type.result).length} features`,
          };
        },
      };
    },
  };
}

/**
 * The constants of a transform's artifact. Throws a `StarlingError` (`impure-preprocess`) if the function does not give
 * with them the graph that it gave before.
 */
export function constantsIn(artifact: Artifact<'TransformGraph'>, source: TransformSource): KnownConstants {
  const { graph, analyzers } = jsonOf<TransformFile>(artifact, 'transform.json');
  const known = new Map(analyzers.map(({ constants }, place) => [place, tensorsOf(constants)] as const));
  const { id } = featuresComputation(source, known);
  if (id === graph) return known;
  throw new StarlingError(
    'impure-preprocess',
    `Cannot take a transform: preprocess must give the same graph each time, got ${id.slice(0, 12)} after ${graph.slice(0, 12)}; it must not depend on the clock, on random numbers or on what others change`,
  );
}

/** Asks all analyzers, those first that depend on no other one. */
async function analyzeAll(source: TransformSource, examples: ExamplesNode, context: NodeContext) {
  const known = new Map<number, Constants>();
  const words: Record<string, string> = {};
  let passes = 0;
  for (;;) {
    const calls = analyzerCalls(source, known);
    const ready = calls.flatMap((call, place) =>
      known.has(place) || (call.column === null && !isReady(source, place, known)) ? [] : [{ call, place }],
    );
    if (ready.length === 0) {
      if (known.size === calls.length) return { known, passes, words };
      throw new StarlingError(
        'impure-preprocess',
        'Cannot transform examples: an analyzer depends on itself, since preprocess gives another graph each time',
      );
    }
    context.report(`pass ${passes + 1}: ${ready.map(({ call }) => call.kind).join(', ')}`);
    const statistics = ready.map(({ call }) => call.statistic(columnOf(source, call)));
    const answers = (await context.ask(
      analysis(source, examples, known, ready, statistics),
    )) as readonly unknown[];
    ready.forEach(({ call, place }, at) => {
      const result = statistics[at]!.finish(answers[at] as never);
      if (isWithheld(result)) throw tooFewClients(call, result);
      known.set(place, call.constantsOf(result));
      if (call.words !== undefined)
        words[`vocabulary-${place}-${call.column}.txt`] = `${call.words(result).join('\n')}\n`;
    });
    passes++;
  }
}

const columnOf = (source: TransformSource, { column }: AnalyzerCall): TableColumn =>
  column === null ? computedColumn() : (source.columns[column] as TableColumn);

/** One computation of several statistics of the split to learn from, of columns or of what is computed of them. */
function analysis(
  source: TransformSource,
  examples: ExamplesNode,
  known: KnownConstants,
  ready: readonly { readonly call: AnalyzerCall; readonly place: number }[],
  statistics: readonly Statistic<unknown>[],
): FederatedComputation {
  const names = Object.keys(source.columns);
  const traced = federatedComputation(
    { data: atClients(examples.population.dataType) },
    ({ data }) => {
      const train = field(data as never, 'train' as never);
      return ready.map(({ call: { column }, place }, at) => {
        const own =
          column === null
            ? computedValues(source, place, known, field(train as never, 'rows' as never))
            : field(
                field(field(train as never, 'table' as never) as never, 'columns' as never) as never,
                names.indexOf(column) as never,
              );
        return call(statistics[at]!.computation as never, { data: own } as never);
      }) as never;
    },
    { name: 'analyze' },
  );
  return requireAggregated(traced as never) as unknown as FederatedComputation;
}

/** What a client holds of a column that is computed: each row's value once. A missing one is NaN, which is a value. */
function computedValues(
  source: TransformSource,
  place: number,
  known: KnownConstants,
  rows: unknown,
): unknown {
  const values = federatedSequenceMap(inputComputation(source, place, known) as never, rows as never);
  const none = localComputation({ rows: sequence(rowType(source.columns)) }, ({ rows: all }) =>
    tf.mul(tf.cast(sequenceLength(all as never), 'int32'), tf.scalar(0, 'int32')),
  );
  return federatedZip({ values, missing: federatedMap(none as never, { rows } as never) } as never);
}

function tooFewClients({ kind, column }: AnalyzerCall, { clients, minClients }: Withheld): StarlingError {
  const of = column === null ? 'what is computed' : `'${column}'`;
  return new StarlingError(
    'too-few-clients',
    `Cannot analyze ${of} by ${kind}: need at least ${minClients} clients with a value, got ${clients}; give the transformer another minClients if fewer are enough`,
  );
}

/** Throws a `StarlingError` if a row's features depend on the other rows of its batch, which serving does not have. */
async function checkRows(
  source: TransformSource,
  known: KnownConstants,
  context: NodeContext,
): Promise<void> {
  const size = 3;
  const batch = madeUpRows(source.columns, size);
  const together = await context.run(
    featuresComputation(source, known, 1, size),
    flatten(batchType(source.columns, size), batch as never),
    seedFrom(0),
  );
  const single = featuresComputation(source, known, 1, 1);
  const names = leafNames(single.type.result);
  for (let row = 0; row < size; row++) {
    const one = Object.fromEntries(Object.entries(batch).map(([name, tensor]) => [name, rowOf(tensor, row)]));
    const alone = await context.run(single, flatten(batchType(source.columns, 1), one as never), seedFrom(0));
    alone.forEach((value, at) => {
      const expected = rowOf(together[at] as Tensor, row);
      if (isNear(value, expected)) return;
      throw new StarlingError(
        'rows-together',
        `Cannot transform examples: feature '${names[at]}' of a row must not depend on the other rows of its batch, got [${[...(value.data as Float32Array)].slice(0, 4)}] alone and [${[...(expected.data as Float32Array)].slice(0, 4)}] among others; use analyze for what is of all rows`,
      );
    });
  }
}

function madeUpRows(columns: TableColumns, size: number): Readonly<Record<string, Tensor>> {
  return Object.fromEntries(
    Object.entries(columns).map(([name, column], at): [string, Tensor] => {
      if (column.kind === 'number') {
        return [
          name,
          {
            dtype: 'float32',
            shape: [size],
            data: Float32Array.from({ length: size }, (_, row) => (row + 1) * (at + 1.5)),
          },
        ];
      }
      const data = new Uint8Array(size * column.maxBytes);
      for (let row = 0; row < size; row++) data[row * column.maxBytes] = 97 + row;
      return [name, { dtype: 'uint8', shape: [size, column.maxBytes], data }];
    }),
  );
}

function rowOf({ dtype, shape, data }: Tensor, row: number): Tensor {
  const size = shape.slice(1).reduce((product, one) => product * one, 1);
  return {
    dtype,
    shape: [1, ...shape.slice(1)],
    data: (data as Float32Array).slice(row * size, (row + 1) * size),
  } as Tensor;
}

function isNear(left: Tensor, right: Tensor): boolean {
  const [a, b] = [left.data as ArrayLike<number>, right.data as ArrayLike<number>];
  return Array.from(a).every((value, at) => {
    const other = b[at] as number;
    return (
      Object.is(value, other) ||
      value === other ||
      Math.abs(value - other) <= 1e-5 * Math.max(1, Math.abs(value), Math.abs(other))
    );
  });
}

function plainConstants(constants: Constants): TransformFile['analyzers'][number]['constants'] {
  return Object.fromEntries(
    Object.entries(constants).map(([name, { dtype, shape, data }]) => [
      name,
      { dtype, shape, data: Array.from(data as Float32Array) },
    ]),
  );
}

function tensorsOf(constants: TransformFile['analyzers'][number]['constants']): Constants {
  return Object.fromEntries(
    Object.entries(constants).map(([name, { dtype, shape, data }]) => {
      const numbers = data.map(Number);
      return [
        name,
        {
          dtype,
          shape,
          data: dtype === 'int32' ? Int32Array.from(numbers) : Float32Array.from(numbers),
        } as Tensor,
      ];
    }),
  );
}
