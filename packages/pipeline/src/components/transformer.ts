// Transform: what a preprocessing function asks of all rows becomes constants, and what is left is one graph from raw
// columns to features. That graph is part of the model from here on: clients train on it, are evaluated on it, and the
// model that is pushed has it within. Code that serves and code that trains cannot differ, since there is one.
import { exportOnnx } from '@starling/compute/graph';
import { StarlingError, type StructType, type Tensor } from '@starling/federated-core';
import { checkOptions, kinds, leafNames, numberWithin, required } from '@starling/federated-core/plan';
import type { TableColumns } from '@starling/population';
import { type Artifact, jsonOf } from '../artifacts/artifact.js';
import { canonical } from '../artifacts/canonical.js';
import { nodeOf } from '../nodes/check-node.js';
import type { Node } from '../nodes/node.js';
import type { Constants, KnownConstants } from '../transform/analyze.js';
import {
  analyzerCalls,
  type Features,
  featuresComputation,
  featureType,
  inputComputation,
  type Preprocess,
  type TransformSource,
} from '../transform/captured-transform.js';
import { analyzeAll } from './analyze-all.js';
import { checkRows } from './check-rows.js';
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
    examples: required(nodeOf('Examples', 'exampleGen')),
    valid: required(nodeOf('ExampleAnomalies', 'exampleValidator')),
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
          requireGraph(graph.id, source, known); // what differs each time would look like rows that are seen together
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
            summary: `${calls.length} ${calls.length === 1 ? 'analyzer' : 'analyzers'} in ${passes} ${passes === 1 ? 'pass' : 'passes'}, ${leafNames(graph.type.result).length} features`,
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
  requireGraph(graph, source, known);
  return known;
}

/** Throws a `StarlingError` (`impure-preprocess`) unless the function gives this graph with these constants. */
function requireGraph(graph: string, source: TransformSource, known: KnownConstants): void {
  const { id } = featuresComputation(source, known);
  if (id === graph) return;
  throw new StarlingError(
    'impure-preprocess',
    `Cannot take a transform: preprocess must give the same graph each time, got ${id.slice(0, 12)} after ${graph.slice(0, 12)}; it must not depend on the clock, on random numbers or on what others change`,
  );
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
