// What the analyzers of a preprocessing function are told: their statistics, asked of the split to learn from, pass by
// pass, since what one is asked of may be computed by another.
import { isWithheld, type Statistic, type Withheld } from '@starling/analytics';
import { localComputation, sequenceLength, tf } from '@starling/compute';
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
  sequence,
} from '@starling/federated-core';
import { computedColumn, type TableColumn } from '@starling/population';
import { rowType } from '../examples/row-data.js';
import type { NodeContext } from '../nodes/node.js';
import type { AnalyzerCall, Constants, KnownConstants } from '../transform/analyze.js';
import {
  analyzerCalls,
  inputComputation,
  isReady,
  type TransformSource,
} from '../transform/captured-transform.js';
import type { ExamplesNode } from './example-gen.js';

/** Asks all analyzers, those first that depend on no other one. */
export async function analyzeAll(source: TransformSource, examples: ExamplesNode, context: NodeContext) {
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
