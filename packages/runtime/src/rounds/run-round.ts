// One round on any runtime: prepare → phases → report → apply. The runtime broadcasts, works and folds; the
// server's own programs run here, on the server's engine, and so do the slices that clients ask for by keys.
import { EmptyAggregateError, type Seed, StarlingError, type Tensor } from '@starling/federated-core';
import {
  type CohortSlices,
  explainFailure,
  leafCount,
  type Reduction,
  reworded,
  type Selection,
  serverSeed,
  splitKeys,
} from '@starling/federated-core/plan';
import type { LinkedPlan } from '@starling/plan';
import type { ClientReport, Leaves, PlanRunner } from '@starling/plan/runner';
import { checkCohort, type Population } from '@starling/population';
import { TooFewReportsError } from '../runtime/errors.js';
import type { PhaseRequest, RuntimeSession } from '../runtime/runtime.js';

export interface RoundRequest {
  readonly plan: LinkedPlan;
  /** Runs the server's programs: a runner with the roles `server` and `aggregation`. */
  readonly server: PlanRunner;
  readonly session: RuntimeSession;
  readonly round: number;
  /** The round's seed: `roundSeed(seed, round)`. */
  readonly seed: Seed;
  /** The one that the session was opened on. */
  readonly population: Pick<Population, 'name' | 'size' | 'clientId'>;
  /** Client indices in cohort order, each once. */
  readonly cohort: readonly number[];
  readonly serverInput: Leaves;
  /** Clients whose updates must count, in each phase. Default 0: the plan says what an empty cohort gives. */
  readonly minReports?: number;
}

export interface RoundOutcome {
  /** The leaves of the plan's result. */
  readonly result: Leaves;
  /** What became of each client of the cohort, in cohort order: of its last phase. */
  readonly reports: readonly ClientReport[];
}

/**
 * Runs one round. Throws a `CohortError`, before anything runs, if the cohort is not a set of clients of the
 * population; a `TooFewReportsError` below `minReports`, and an `EmptyAggregateError` if nobody is left and the
 * plan gives no `ifEmpty`; the last two say what became of the clients.
 */
export async function runRound(request: RoundRequest): Promise<RoundOutcome> {
  const { plan, server, session, round, seed, serverInput, minReports = 0 } = request;
  checkCohort(request.cohort, request.population);
  const reports = new Map<number, ClientReport>();
  const aggregates: Tensor[] = [];
  const keys: ClientKeys = new Map();
  let cohort = request.cohort;
  for (let phase = 0; phase < plan.plan.phases.length; phase++) {
    const prepared = await explained(
      request,
      server.prepare(phase, serverInput, aggregates, serverSeed(seed)),
    );
    const { broadcast: type, selections } = plan.plan.phases[phase]!;
    const sent = leafCount(type);
    const asked = { round, phase, seed, cohort, broadcast: prepared.slice(0, sent) };
    const phaseRequest =
      selections.length === 0
        ? asked
        : { ...asked, slices: await select(request, asked, prepared.slice(sent), keys) };
    const ran = await explained(request, session.runPhase(phaseRequest), sourcesOf(plan, phase));
    const outcome = { ...ran, reports: ran.reports.map((each) => explainedReport(plan, each)) };
    for (const [position, report] of outcome.reports.entries()) reports.set(cohort[position]!, report);
    const accepted = cohort.filter((_, position) => outcome.reports[position]!.status === 'accepted');
    if (accepted.length < minReports) {
      throw new TooFewReportsError(
        `Cannot finish round ${round}: need ${minReports} reports, got ${accepted.length} of ${cohort.length}${firstLoss(outcome.reports)}`,
      );
    }
    const reductions = server.reductions(phase);
    for (const [index, accumulator] of outcome.accumulators.entries()) {
      const reported = report(reductions[index]!, accumulator, outcome.reports);
      const source = sourcesOf(plan, phase).slice(index, index + 1);
      const aggregate = (await explained(request, reported, source)).map(unshared);
      aggregates.push(...aggregate);
      if (plan.plan.phases[phase]!.aggregations[index]!.kind === 'select-keys') {
        const keysOf = splitKeys(aggregate);
        keys.set(
          `${phase} ${index}`,
          new Map(accepted.map((client, position) => [client, keysOf[position]!])),
        );
      }
    }
    cohort = accepted; // a client that was lost or refused takes no further part
  }
  const result = await explained(request, server.apply(serverInput, aggregates, serverSeed(seed)));
  return { result, reports: request.cohort.map((index) => reports.get(index)!) };
}

/** By the phase and aggregation that took them: the keys of each client of the population that sent some. */
type ClientKeys = Map<string, ReadonlyMap<number, Int32Array>>;

/** What the clients of a phase are given by their keys. */
function select(
  request: RoundRequest,
  { phase, cohort, seed }: Pick<PhaseRequest, 'phase' | 'cohort' | 'seed'>,
  served: Leaves,
  keys: ClientKeys,
): Promise<readonly CohortSlices[]> {
  const keysOf = ({ keys: source }: Selection<string>): readonly Int32Array[] => {
    const sent = keys.get(`${source.phase} ${source.aggregation}`)!;
    return cohort.map((client) => sent.get(client)!);
  };
  return explained(request, request.server.select(phase, served, keysOf, serverSeed(seed)));
}

async function report(
  reduction: Reduction,
  accumulator: Leaves,
  reports: readonly ClientReport[],
): Promise<Leaves> {
  try {
    return await reduction.report(accumulator);
  } catch (error) {
    if (!(error instanceof EmptyAggregateError)) throw error;
    throw new EmptyAggregateError(`${error.message}${firstLoss(reports)}`, { cause: error });
  }
}

/** Codes of what the user's computation leads to, rather than a runtime. */
const OF_COMPUTATIONS: ReadonlySet<string> = new Set([
  'computation-failed',
  'empty-aggregate',
  'integer-overflow',
  'non-finite-aggregate',
  'type-mismatch',
]);

/**
 * What the server computes; a failure names the round, and the line of the user's that failed: that of the call, or
 * those of the aggregations, `sources`, that it may be of.
 */
async function explained<T>(
  { plan, round }: RoundRequest,
  computed: Promise<T>,
  sources: readonly string[] = [],
): Promise<T> {
  try {
    return await computed;
  } catch (error) {
    if (!(error instanceof StarlingError && OF_COMPUTATIONS.has(error.code))) throw error;
    const reason = explainFailure(plan.plan, error.message);
    const where =
      reason === error.message && sources.length > 0 ? `\n    in ${sources.join('\n    or ')}` : '';
    throw reworded(error, `Cannot finish round ${round}: ${reason}${where}`);
  }
}

/** Where the aggregations of a phase were written, where the plan knows. */
function sourcesOf({ plan }: LinkedPlan, phase: number): readonly string[] {
  return plan.sources?.aggregations[phase] ?? [];
}

/** A client knows its calls by number; here they get the user's words. */
function explainedReport({ plan }: LinkedPlan, report: ClientReport): ClientReport {
  return report.status === 'dropped' ? { ...report, reason: explainFailure(plan, report.reason) } : report;
}

function firstLoss(reports: readonly ClientReport[]): string {
  const lost = reports.find((each) => each.status !== 'accepted');
  return lost === undefined ? '' : `; ${lost.client} was ${lost.status} (${lost.code}): ${lost.reason}`;
}

/** A reduction may give back its accumulator, which a runtime may keep in shared memory that it uses again. */
function unshared(leaf: Tensor): Tensor {
  const { data } = leaf;
  if (!ArrayBuffer.isView(data) || !(data.buffer instanceof SharedArrayBuffer)) return leaf;
  return { ...leaf, data: data.slice() as Tensor['data'] };
}
