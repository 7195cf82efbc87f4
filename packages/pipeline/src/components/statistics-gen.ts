// StatisticsGen: what the rows of all clients hold, split by split, from sums alone.
import {
  atClients,
  call,
  type FederatedComputation,
  federatedComputation,
  field,
  type HostValue,
  requireAggregated,
} from '@starling/federated-core';
import { checkOptions, count, kinds, numberWithin, required } from '@starling/federated-core/plan';
import type { TableColumns } from '@starling/population';
import { type Artifact, jsonOf } from '../artifacts/artifact.js';
import { canonical } from '../artifacts/canonical.js';
import { figuresOf, histogramsOf, statisticsOf } from '../examples/ask-statistics.js';
import { SPLITS, type Split } from '../examples/example-population.js';
import { nodeOf } from '../nodes/check-node.js';
import type { Node, NodeContext } from '../nodes/node.js';
import type { Schema } from '../schema/schema.js';
import type { DatasetStatistics } from '../statistics/dataset-statistics.js';
import type { ExamplesNode } from './example-gen.js';

export interface StatisticsGenOptions {
  readonly name?: string;
  readonly examples: ExamplesNode;
  /** Clients then also count by its domains: how many rows lie outside, whatever they are. */
  readonly schema?: Node<'Schema'>;
  /** What fewer clients have is withheld: values of a text, figures of a column. 10 by default. */
  readonly minClients?: number;
  /** Different texts of a column that are found; 200 by default. */
  readonly capacity?: number;
}

export interface StatisticsNode extends Node<'ExampleStatistics'> {
  readonly columns: TableColumns;
  readonly span: string;
}

/** `statistics.json` of a statistics artifact. */
export type StatisticsBySplit = Readonly<Record<Split, DatasetStatistics>>;

export function statisticsGen(options: StatisticsGenOptions): StatisticsNode {
  checkOptions('Cannot make statistics', options, {
    name: kinds.text,
    examples: required(nodeOf('Examples', 'exampleGen')),
    schema: nodeOf('Schema', 'schemaFile'),
    minClients: numberWithin({ whole: true, from: 0 }),
    capacity: count,
  });
  const { name = 'statistics', examples, schema, minClients = 10, capacity = 200 } = options;
  return {
    kind: 'ExampleStatistics',
    component: 'StatisticsGen',
    name,
    columns: examples.columns,
    span: examples.span,
    inputs: { examples, ...(schema !== undefined && { schema }) },
    prepare: (context, inputs) => {
      const known = inputs['schema'] === undefined ? null : jsonOf<Schema>(inputs['schema'], 'schema.json');
      return {
        identity: { minClients, capacity },
        make: async () => {
          const { bySplit, phases, bytes } = await askStatistics(
            examples,
            known,
            { minClients, capacity },
            context,
          );
          const { train } = bySplit;
          return {
            files: { 'statistics.json': canonical(bySplit, 1) },
            properties: { span: examples.span, examples: train.numExamples, phases, bytesPerClient: bytes },
            summary: `${train.features.length} features, ${phases} round trips, ${shownBytes(bytes)} a client${withheldWords(train, minClients)}`,
          };
        },
      };
    },
  };
}

/** `bytes`: what a client sends. */
async function askStatistics(
  examples: ExamplesNode,
  schema: Schema | null,
  question: { readonly minClients: number; readonly capacity: number },
  context: NodeContext,
): Promise<{ readonly bySplit: StatisticsBySplit; readonly phases: number; readonly bytes: number }> {
  const { columns } = examples;
  const first = figuresOf(columns, schema, question);
  const answers = (await context.ask(ofSplits(examples, first.computation))) as Readonly<
    Record<Split, HostValue>
  >;
  const figures = bySplits((split) => first.finish(answers[split] as never));
  // Of both splits over the ranges of one, so that they can be compared.
  const second = histogramsOf(columns, figures.train, question.minClients);
  const counted =
    second === null
      ? null
      : ((await context.ask(ofSplits(examples, second.computation))) as Readonly<Record<Split, HostValue>>);
  return {
    bySplit: bySplits((split) =>
      statisticsOf(
        columns,
        schema,
        figures[split],
        counted === null ? {} : second!.finish(counted[split] as never),
      ),
    ),
    phases: first.phases + (second?.phases ?? 0),
    bytes: SPLITS.length * (first.bytesPerClient + (second?.bytesPerClient ?? 0)),
  };
}

/** A computation over a table, asked of each split at once. */
function ofSplits(examples: ExamplesNode, computation: FederatedComputation): FederatedComputation {
  const traced = federatedComputation(
    { data: atClients(examples.population.dataType) },
    ({ data }) =>
      bySplits((split) => {
        const table = field(field(data as never, split as never) as never, 'table' as never);
        return call(computation as never, { data: table } as never);
      }) as never,
    { name: 'statistics of splits' },
  );
  return requireAggregated(traced as never) as unknown as FederatedComputation;
}

function bySplits<T>(make: (split: Split) => T): Readonly<Record<Split, T>> {
  return { train: make('train'), eval: make('eval') };
}

/** The statistics of an artifact. */
export function statisticsIn(artifact: Artifact<'ExampleStatistics'>): StatisticsBySplit {
  return jsonOf<StatisticsBySplit>(artifact, 'statistics.json');
}

/** That figures are missing is said where they are made, not only where somebody misses them. */
function withheldWords({ features }: DatasetStatistics, minClients: number): string {
  const withheld = features.filter((feature) => feature.withheld !== undefined).length;
  if (withheld === 0) return '';
  return `; ${withheld} withheld: fewer than ${minClients} clients (minClients) have a value`;
}

const shownBytes = (bytes: number): string =>
  bytes < 10_000 ? `${bytes} bytes` : `${Math.round(bytes / 1000)} KB`;
