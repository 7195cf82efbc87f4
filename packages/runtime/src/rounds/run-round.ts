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
import { adviceOn } from '../record/advice.js';
import { formatLost, lostClients, type RoundReport } from '../record/lost-clients.js';
import { TooFewReportsError } from '../runtime/errors.js';
import { addFaults, type PhaseFaults } from '../runtime/phase-faults.js';
import type { PhaseRequest, PhaseStates, RuntimeSession, StepFacts } from '../runtime/runtime.js';
import type { AttemptVersions } from './client-versions.js';

export interface RoundStates extends Pick<PhaseStates, 'seed' | 'keepFrom' | 'store'> {
  readonly versions: AttemptVersions;
}

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
  /** Of a plan whose clients keep a state: who has which, and where. */
  readonly states?: RoundStates;
  /** Clients whose updates must count, in each phase. Default 0: the plan says what an empty cohort gives. */
  readonly minReports?: number;
  /**
   * Told after each phase what has become of each client of the cohort, in cohort order, and what was simulated to go
   * wrong: so it is known of a round that fails, too.
   */
  readonly onReports?: (
    reports: readonly RoundReport[],
    faults: PhaseFaults | undefined,
    step: StepFacts | undefined,
  ) => void;
  /** What failures say cannot be done: `finish round 3` by default. */
  readonly action?: string;
}

export interface RoundOutcome {
  /** The leaves of the plan's result. */
  readonly result: Leaves;
  /** What became of each client of the cohort, in cohort order: of its last phase. */
  readonly reports: readonly RoundReport[];
  /** Of all phases; left out if nothing is simulated. */
  readonly faults?: PhaseFaults;
  /** Of a step of an asynchronous run. */
  readonly step?: StepFacts;
}

/**
 * Runs one round. Throws a `CohortError`, before anything runs, if the cohort is not a set of clients of the
 * population; a `TooFewReportsError` below `minReports`, and an `EmptyAggregateError` if nobody is left and the
 * plan gives no `ifEmpty`; the last two list the clients that were lost, by reason.
 */
export async function runRound(request: RoundRequest): Promise<RoundOutcome> {
  const { plan, server, session, round, seed, serverInput, minReports = 0 } = request;
  checkCohort(request.cohort, request.population);
  let reports: readonly RoundReport[] = [];
  let faults: PhaseFaults | undefined;
  let step: StepFacts | undefined;
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
    const given: PhaseRequest =
      selections.length === 0
        ? asked
        : { ...asked, slices: await select(request, asked, prepared.slice(sent), keys) };
    const phaseRequest = request.states === undefined ? given : withStates(request, request.states, given);
    const ran = await explained(request, session.runPhase(phaseRequest), sourcesOf(plan, phase));
    const told = explainedReports(plan, phase, ran.reports);
    reports = phase === 0 ? told : withLosses(reports, told);
    faults = addFaults(faults, ran.faults);
    step = ran.step;
    for (const report of told) {
      if (report.status === 'accepted' && report.restarted) request.states?.versions.restarted(report.client);
    }
    request.onReports?.(reports, faults, step);
    const accepted = cohort.filter((_, position) => told[position]!.status === 'accepted');
    if (accepted.length < minReports) {
      const need = `need ${minReports} report${minReports === 1 ? '' : 's'}, got ${accepted.length} of ${request.cohort.length}`;
      throw new TooFewReportsError(`Cannot ${actionOf(request)}: ${need}${lossText(reports)}`);
    }
    const reductions = server.reductions(phase);
    for (const [index, accumulator] of ran.accumulators.entries()) {
      const reported = report(reductions[index]!, accumulator, accepted.length, reports);
      const source = sourcesOf(plan, phase).slice(index, index + 1);
      const aggregate = (await explained(request, reported, source, reports)).map(unshared);
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
  return {
    result,
    reports,
    ...(faults !== undefined && { faults }),
    ...(step !== undefined && { step }),
  };
}

/** What a phase asks, with the versions of what its clients keep. */
function withStates(
  { population }: RoundRequest,
  { versions, ...of }: RoundStates,
  asked: PhaseRequest,
): PhaseRequest {
  const { phase, broadcast, slices = [], cohort } = asked;
  versions.asked(phase, broadcast, slices);
  const nameAt = (position: number): string => population.clientId(cohort[position]!);
  return {
    ...asked,
    states: {
      ...of,
      bases: cohort.map((index) => versions.baseOf(population.clientId(index))),
      nextOf: (position, base) => versions.nextOf(nameAt(position), position, base),
    },
  };
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
  accepted: number,
  reports: readonly RoundReport[],
): Promise<Leaves> {
  try {
    return await reduction.report(accumulator);
  } catch (error) {
    const isOfLosses = error instanceof EmptyAggregateError && accepted === 0 && reports.length > 0;
    if (!isOfLosses) throw error;
    // What it says of empty cohorts and weights is not why this one is empty.
    const cohort = reports.length === 1 ? 'its one client' : `all ${reports.length} clients`;
    throw new EmptyAggregateError(
      `need an update to aggregate, got none: ${cohort} ${reports.length === 1 ? 'is' : 'are'} lost`,
    );
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
  request: RoundRequest,
  computed: Promise<T>,
  sources: readonly string[] = [],
  reports: readonly RoundReport[] = [],
): Promise<T> {
  try {
    return await computed;
  } catch (error) {
    if (!(error instanceof StarlingError && OF_COMPUTATIONS.has(error.code))) throw error;
    const reason = explainFailure(request.plan.plan, error.message);
    const where =
      reason === error.message && sources.length > 0 ? `\n    in ${sources.join('\n    or ')}` : '';
    const losses = error instanceof EmptyAggregateError ? lossText(reports) : '';
    throw reworded(error, `Cannot ${actionOf(request)}: ${reason}${where}${losses}`);
  }
}

function actionOf({ action, round }: RoundRequest): string {
  return action ?? `finish round ${round}`;
}

/** Where the aggregations of a phase were written, where the plan knows. */
function sourcesOf({ plan }: LinkedPlan, phase: number): readonly string[] {
  return plan.sources?.aggregations[phase] ?? [];
}

/** A client knows calls and aggregations by number; here they get the user's words. No copy where all were accepted. */
function explainedReports(
  { plan }: LinkedPlan,
  phase: number,
  reports: readonly ClientReport[],
): readonly RoundReport[] {
  if (reports.every(isAccepted)) return reports;
  return reports.map((report) =>
    isAccepted(report) ? report : { ...report, phase, reason: explainFailure(plan, report.reason, phase) },
  );
}

/** The reports of a cohort, after another phase of those that were left. */
function withLosses(reports: readonly RoundReport[], later: readonly RoundReport[]): readonly RoundReport[] {
  if (later.every(isAccepted)) return reports;
  let next = 0;
  return reports.map((report) => (isAccepted(report) ? later[next++]! : report));
}

function isAccepted(report: ClientReport): report is Extract<ClientReport, { status: 'accepted' }> {
  return report.status === 'accepted';
}

/** Who is missing, a line a reason, and what can be done about it; empty if nobody is. */
function lossText(reports: readonly RoundReport[]): string {
  const lost = lostClients(reports);
  return [...lost.map(formatLost), ...adviceOn(lost)].map((line) => `\n    ${line}`).join('');
}

/** A reduction may give back its accumulator, which a runtime may keep in shared memory that it uses again. */
function unshared(leaf: Tensor): Tensor {
  const { data } = leaf;
  if (!ArrayBuffer.isView(data) || !(data.buffer instanceof SharedArrayBuffer)) return leaf;
  return { ...leaf, data: data.slice() as Tensor['data'] };
}
