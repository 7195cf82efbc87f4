// A statistic: a federated computation over what each client holds of a column (or of several), and what its aggregate
// says. A statistic is a sum over clients, so that rows may be with anyone; what it costs and how exact it is, is data.
import {
  type AggregatedComputation,
  atClients,
  type ClientsValue,
  type Composed,
  compilePlan,
  evaluate,
  federatedComputation,
  type HostValue,
  inspectPlan,
  type LocalRunner,
  requireAggregated,
  type SymbolicValue,
  type Type,
  type Value,
} from '@starling/federated-core';
import {
  type Check,
  checkOptions,
  hasMethods,
  kinds,
  numberWithin,
  ofKind,
} from '@starling/federated-core/plan';

/** How far a result may be from that of the pooled rows. */
export type ErrorBound =
  /** The very result: integers, elements of the data, texts. */
  | { readonly kind: 'exact' }
  /** The exact result, rounded once to float64. */
  | { readonly kind: 'rounded' }
  /** Within this share of the true value. */
  | { readonly kind: 'relative'; readonly bound: number }
  /** An estimate with this standard error, as a share of the true value. */
  | { readonly kind: 'estimate'; readonly standardError: number };

/** What the server can tell of single clients: nothing but sums, or the extremes of the data, one client's each. */
export type StatisticDisclosure = 'sums' | 'extremes';

export interface Statistic<Result = unknown> {
  /** The word of the function that makes it, such as `moments`. */
  readonly name: string;
  /** Of a parameter `data`: what each client holds. Its result is at the server. */
  readonly computation: AggregatedComputation;
  /** What the aggregate says. */
  finish(aggregate: HostValue): Result | Withheld;
  /** Bytes of tensors that a client sends, in all phases. */
  readonly bytesPerClient: number;
  /** Round trips. */
  readonly phases: number;
  readonly error: ErrorBound;
  readonly discloses: StatisticDisclosure;
}

/** In place of a result that too few clients have a part in. */
export interface Withheld {
  readonly withheld: string;
  readonly clients: number;
  readonly minClients: number;
}

export interface PrivacyOptions {
  /** With fewer clients that have a value, the result is withheld; 0 by default, which withholds nothing. */
  readonly minClients?: number;
}

/** Whether there is no result, since too few clients have a part in it. */
export function isWithheld(result: unknown): result is Withheld {
  return typeof result === 'object' && result !== null && Object.hasOwn(result, 'withheld');
}

export interface StatisticParts<Result> {
  readonly name: string;
  /** What each client holds. */
  readonly data: Type;
  /** From what the clients hold to what the server has: a record with `clients`, how many have a value. */
  readonly aggregate: (data: ClientsValue) => Composed<SymbolicValue>;
  readonly finish: (aggregate: Aggregate) => Result;
  readonly error: ErrorBound;
  readonly discloses?: StatisticDisclosure;
  readonly privacy: PrivacyOptions;
}

/** What the server has, by name. */
export type Aggregate = Readonly<Record<string, HostValue>>;

/** The checks of `PrivacyOptions`, for options that have more. */
export const privacyChecks = { minClients: numberWithin({ whole: true, from: 0 }) } as const;

export function statisticOf<Result>(parts: StatisticParts<Result>): Statistic<Result> {
  const { name, data, aggregate, finish, error, discloses = 'sums', privacy } = parts;
  const { minClients = 0 } = privacy;
  const traced = federatedComputation(
    { data: atClients(data) },
    (symbols) => aggregate(symbols.data as unknown as ClientsValue),
    { name },
  );
  const computation = requireAggregated(traced as never) as AggregatedComputation;
  const { bytesUp, phases } = inspectPlan(compilePlan(computation));
  return {
    name,
    computation,
    finish: (given) => {
      const values = given as Aggregate;
      aggregateKind(`Cannot finish ${name}`, 'its result', values);
      const clients = values['clients'] as number;
      return clients < minClients ? withheld(clients, minClients) : finish(values);
    },
    bytesPerClient: bytesUp as number,
    phases: phases.length,
    error,
    discloses,
  };
}

const aggregateKind: Check = ofKind({
  need: 'what the computation gave: metrics of a run of one round',
  fits: (value) => typeof (value as Partial<Aggregate> | null | undefined)?.['clients'] === 'number',
});

/** The check of a statistic, for tables of options. */
export const statisticKind: Check = ofKind({
  need: 'a statistic of a column, such as counts(column)',
  fits: (value) => hasMethods(value, ['finish']),
});

function withheld(clients: number, minClients: number): Withheld {
  return { withheld: `fewer than ${minClients} clients have a value`, clients, minClients };
}

/** The result of a statistic on values at hand, by its definition and in this process: for tests and small data. */
export async function evaluateStatistic<Result>(
  statistic: Statistic<Result>,
  clients: readonly Value[],
  options: { readonly run: LocalRunner },
): Promise<Result | Withheld> {
  checkOptions('Cannot evaluate a statistic', options, { run: kinds.callable });
  const value = await evaluate(statistic.computation as never, { data: clients } as never, options);
  return statistic.finish(value as HostValue);
}
