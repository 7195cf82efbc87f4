// Statistics of a table as one computation: all clients are asked once, and statistics of several round trips share
// them.
import {
  atClients,
  call,
  compilePlan,
  type FederatedComputation,
  federatedComputation,
  field,
  type HostValue,
  inspectPlan,
  requireAggregated,
  type SymbolicValue,
} from '@starling/federated-core';
import {
  type Check,
  checkOptions,
  didYouMean,
  hasMethods,
  type Kind,
  kinds,
  ofKind,
  optionError,
  required,
} from '@starling/federated-core/plan';
import { type TableColumns, tableData } from '@starling/population';
import { type Statistic, statisticKind, type Withheld } from '../statistic/statistic.js';

/** A statistic, and the column that it is of, or the columns that belong together. */
export interface OfTable<Result = unknown> {
  readonly of: string | readonly string[];
  readonly statistic: Statistic<Result>;
}

export type TableResults<S extends Readonly<Record<string, OfTable>>> = {
  readonly [K in keyof S]: (S[K] extends OfTable<infer Result> ? Result : never) | Withheld;
};

export interface TableStatistics<
  S extends Readonly<Record<string, OfTable>> = Readonly<Record<string, OfTable>>,
> {
  /** Not revealing. Of a parameter `data`: what a client of `tablePopulation(tables, { joint })` holds. */
  readonly computation: FederatedComputation;
  /** To be given to `tablePopulation`. */
  readonly joint: readonly (readonly string[])[];
  /** What the computation's result says, by the names that were given. */
  finish(result: HostValue): TableResults<S>;
  readonly bytesPerClient: number;
  readonly phases: number;
}

const ACTION = 'Cannot take statistics of a table';

const COLUMNS: Kind = {
  need: "the name of a column, or a list of names, such as ['miles', 'minutes']",
  fits: (value) =>
    typeof value === 'string' || (Array.isArray(value) && value.every((one) => typeof one === 'string')),
};

const resultsKind = (count: number): Check =>
  ofKind({
    need: 'what the computation gave: metrics of a run of one round',
    fits: (value) => [value].flat().length === count,
    advice: (value) =>
      hasMethods(value, ['then']) ? 'Await the run: const { metrics } = await runRounds(…)' : null,
  });

/** One computation of several statistics, by names. Throws a `RangeError` for a column that is not there. */
export function tableStatistics<const S extends Readonly<Record<string, OfTable>>>(
  columns: TableColumns,
  statistics: S,
): TableStatistics<S> {
  kinds.record(ACTION, 'columns', columns);
  kinds.record(ACTION, 'statistics', statistics);
  for (const [name, one] of Object.entries(statistics)) {
    checkOptions(`${ACTION}: ${name}`, one, {
      of: required(ofKind(COLUMNS)),
      statistic: required(statisticKind),
    });
  }
  const all = Object.entries(statistics) as unknown as readonly (readonly [string, OfTable])[];
  const names = Object.keys(columns);
  if (all.length === 0) throw optionError('Cannot take statistics of a table: need at least one, got none');
  const placeOf = (name: string, column: string): number => {
    const place = names.indexOf(column);
    if (place >= 0) return place;
    throw optionError(
      `Cannot take ${name} of a table: of must name columns among ${names.join(', ')}, got '${column}'${didYouMean(column, names)}`,
    );
  };
  const joint = jointOf(all);
  const traced = federatedComputation(
    { data: atClients(tableData(columns, joint)) },
    ({ data }) =>
      all.map(([name, { of, statistic }]): SymbolicValue => {
        const part =
          typeof of === 'string'
            ? fieldOf(fieldOf(data, 'columns'), placeOf(name, of))
            : fieldOf(
                fieldOf(data, 'joint'),
                joint.findIndex((one) => one.join('\n') === of.join('\n')),
              );
        return call(statistic.computation as never, { data: part } as never) as unknown as SymbolicValue;
      }) as never,
    { name: 'table statistics' },
  );
  const computation = requireAggregated(traced as never) as unknown as FederatedComputation;
  const { bytesUp, phases } = inspectPlan(compilePlan(computation));
  return {
    computation,
    joint,
    finish: (result) => {
      resultsKind(all.length)('Cannot finish statistics of a table', 'the result', result);
      return Object.fromEntries(
        all.map(([name, { statistic }], at) => [
          name,
          statistic.finish((result as never as HostValue[])[at]!),
        ]),
      ) as TableResults<S>;
    },
    bytesPerClient: bytesUp as number,
    phases: phases.length,
  };
}

const fieldOf = (value: SymbolicValue, name: string | number): SymbolicValue =>
  field(value as never, name as never) as unknown as SymbolicValue;

/** The different lists of columns that are asked for together. */
function jointOf(all: readonly (readonly [string, OfTable])[]): readonly (readonly string[])[] {
  const lists = all.flatMap(([, { of }]) => (typeof of === 'string' ? [] : [of]));
  return [...new Map(lists.map((list) => [list.join('\n'), list])).values()];
}
