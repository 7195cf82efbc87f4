// What clients last reported of the metric that a sampler watches, kept over the rounds of a run: it follows from the
// rounds that are committed, so that a run that is taken up again has the same.
import { describeValue } from '@starling/federated-core/plan';
import { CohortError, type LastReports, type ReportMemory, reportMemory } from '@starling/population';
import type { KeptCommit } from '@starling/store';
import { detailsOf } from '../kept/round-details.js';
import { indicesOf } from './ledger.js';
import type { RunOptions } from './run-options.js';

type Watching = Pick<RunOptions, 'sampler' | 'population' | 'present'>;

export class WatchedReports {
  private constructor(
    private readonly metric: string,
    private readonly sampler: string,
    private readonly memory: ReportMemory,
  ) {}

  /**
   * After these rounds; `null` of a sampler that watches nothing, or draws no cohorts, as those are who is there.
   * Throws a `CohortError` as `add` does.
   */
  static after(commits: readonly KeptCommit[], options: Watching): WatchedReports | null {
    const { sampler, population, present } = options;
    if (sampler.watches === undefined || present !== undefined) return null;
    const watched = new WatchedReports(sampler.watches, sampler.name, reportMemory());
    const places = new Map<string, number>();
    const names = [...new Set(commits.flatMap(({ counted }) => counted))];
    for (const [at, index] of indicesOf(names, population).entries()) places.set(names[at]!, index);
    for (const { round, counted, metrics } of commits) {
      watched.add(
        round,
        counted.map((name) => places.get(name)!),
        detailsOf(metrics)?.line.metrics,
      );
    }
    return watched;
  }

  get last(): LastReports {
    return this.memory;
  }

  /**
   * Adds a round that counts, with the clients whose updates did, in cohort order. Throws a `CohortError` unless its
   * metrics have a number for each of them.
   */
  add(round: number, clients: readonly number[], metrics: unknown): void {
    const found = this.metric
      .split('.')
      .reduce<unknown>(
        (value, field) => (value as Readonly<Record<string, unknown>> | null)?.[field],
        metrics,
      );
    const values = numbersIn(found);
    if (values === null || values.length !== clients.length) {
      throw new CohortError(
        `Cannot sample by ${this.sampler} after round ${round}: the metric '${this.metric}', which it watches, must have a number for each of ${clients.length} clients that count, as federatedCollect gives, got ${describeValue(found)}`,
      );
    }
    this.memory.add(round, clients, values);
  }
}

/** In a record, what is not finite is text. */
function numbersIn(value: unknown): readonly number[] | null {
  if (!Array.isArray(value) && !ArrayBuffer.isView(value)) return null;
  const numbers = Array.from(value as ArrayLike<unknown>, (each) =>
    typeof each === 'number' || typeof each === 'string' ? Number(each) : null,
  );
  return numbers.some((each) => each === null) ? null : (numbers as readonly number[]);
}
