// A session around another one, for rounds that do not wait: the cohort of a round are the clients whose reports make
// its step, each at work on the version that it was given, and their updates are folded in the order of arrival. The
// work of later steps is begun as soon as its version is there, so that the workers of the runtime have something to
// do.
import { type Seed, StarlingError } from '@starling/federated-core';
import { checkAsynchronous } from '@starling/federated-core/plan';
import type { LinkedPlan } from '@starling/plan';
import type { Leaves, PlanRunner } from '@starling/plan/runner';
import { stateHash } from '@starling/plan/safetensors';
import type { Population } from '@starling/population';
import { attemptSeed, type Flight } from '@starling/rounds';
import { createLaneFold } from '../fold/lane-fold.js';
import { lostReport } from '../fold/sum-lane.js';
import type {
  PhaseOutcome,
  PhaseRequest,
  RuntimeSession,
  SettledAttempt,
  WorkOutcome,
} from '../runtime/runtime.js';
import type { FlightFaults } from './flight-faults.js';
import type { Step, Steps } from './steps.js';

export interface AsynchronousRun {
  readonly steps: Steps;
  /** `null` where nothing is simulated. */
  readonly faults: FlightFaults | null;
  /** Rounds in all: no work is begun for later ones. */
  readonly rounds: number;
}

export interface AsynchronousParts extends AsynchronousRun {
  readonly plan: LinkedPlan;
  /** With the role `aggregation`. */
  readonly server: PlanRunner;
  readonly population: Population;
  /** The run's. */
  readonly seed: Seed;
  /** Names the run to clients. */
  readonly run: string;
  /** What clients are given of a version that no phase of this session was asked for. */
  readonly broadcastOf: (version: number) => Promise<Leaves>;
}

/** Works that are begun ahead of the step at hand, for each that the runtime does side by side. */
const AHEAD = 2;

export interface AsynchronousSession extends RuntimeSession {
  /** Has a client work on its version: for clients that are asked before their step is known. */
  workOf(flight: Flight): Promise<WorkOutcome>;
}

export function asynchronousSession(inner: RuntimeSession, parts: AsynchronousParts): AsynchronousSession {
  const { steps, faults, run, rounds, plan, server, population, seed, broadcastOf } = parts;
  checkAsynchronous(plan.plan);
  const { work, workers = 1 } = inner;
  if (work === undefined) {
    throw new StarlingError(
      'bad-run',
      'Cannot run asynchronously: need a runtime that has a client work by itself (work), such as inProcessRuntime() or threadsRuntime()',
    );
  }
  const { aggregations } = plan.plan.phases[0]!;
  const reductions = server.reductions(0);
  /** What clients are given, by version. */
  const broadcasts = new Map<number, Promise<Leaves>>();
  /** By the number of the flight. */
  const begun = new Map<number, Promise<WorkOutcome>>();
  let unfinished = 0;
  let isClosed = false;
  /** Whose attempt is yet to be committed, or given up. */
  let taken: Step | null = null;

  async function workOf(flight: Flight): Promise<WorkOutcome> {
    const { client, version, attempt } = flight;
    const fault = faults?.faultOf(flight) ?? null;
    if (fault?.kind === 'lost')
      return { report: lostReport(population.clientId(client), fault), update: null };
    if (!broadcasts.has(version)) broadcasts.set(version, broadcastOf(version));
    return work!.call(inner, {
      ...{ run, round: version + 1, attempt, phase: 0, client, version },
      broadcast: await broadcasts.get(version)!,
      seed: attemptSeed(seed, version + 1, attempt),
      ...(fault !== null && { alterations: fault.alterations }),
    });
  }
  function begin(flight: Flight, round: number): void {
    const { number } = flight;
    if (begun.has(number)) return;
    unfinished++;
    const working = steps.outcomeOf?.(number) ?? workOf(flight);
    const done = (): void => {
      unfinished--;
      beginAhead(round);
    };
    working.then(done, done); // what it throws is thrown where its step is taken
    begun.set(number, working);
  }
  /** Whose version is committed, in the order of their steps, as many as the workers can do with. */
  function beginAhead(round: number): void {
    if (workers < 2 || isClosed) return;
    for (let count = 1; count <= AHEAD * workers && round + count <= rounds; count++) {
      for (const flight of steps.ahead(count)?.reports ?? []) {
        if (unfinished >= AHEAD * workers) return;
        if (flight.version < round) begin(flight, round);
      }
    }
  }

  async function takeStep(step: Step, { round }: PhaseRequest): Promise<PhaseOutcome> {
    const { reports: flights, refused, lost, tookMs: virtualMs } = step;
    const staleness = flights.map((flight) => flight.staleness);
    const { laneSize } = plan.plan;
    const cohortSize = flights.length;
    const fold = createLaneFold({ aggregations, reductions, laneSize, cohortSize, staleness });
    for (const flight of flights) begin(flight, round);
    beginAhead(round);
    const isKept = steps.inFlight !== undefined;
    const outcomes = await Promise.all(
      flights.map(async ({ number, client, version, attempt }, position) => {
        const { report, update } = await begun.get(number)!;
        await (update === null ? fold.skip(position) : fold.accept(position, update));
        const sha256 = isKept && update !== null ? stateHash(update) : '';
        return { report, arrival: { client: population.clientId(client), version, attempt, sha256 } };
      }),
    );
    const accumulators = await fold.finish();
    const counts = faults?.countsOf(flights) ?? null;
    return {
      accumulators,
      reports: [...outcomes, ...lost].map(({ report }) => report),
      ...(counts !== null && { faults: { counts, virtualMs } }),
      step: {
        staleness: staleness.filter((_, position) => outcomes[position]!.report.status === 'accepted'),
        ...{ tooStale: refused.length, virtualMs },
        ...(isKept && { arrivals: outcomes.map(({ arrival }) => arrival) }),
      },
    };
  }

  /** A client hears of the work that it was asked for: the one after the version that it was given. */
  function settled({ counted }: SettledAttempt): void {
    for (const { client, version, attempt } of taken?.reports ?? []) {
      const clients = [population.clientId(client)];
      inner.settled?.({ run, round: version + 1, attempt, counted, clients });
    }
    taken = null;
    steps.settled?.(counted);
  }

  return {
    workOf,
    settled,
    ...(inner.ready !== undefined && { ready: () => inner.ready!() }),
    async runPhase(request) {
      if (request.isEvaluation === true) return inner.runPhase(request);
      const { round, attempt = 1, broadcast } = request;
      const step = steps.at({ round, attempt });
      if (step === null) throw new StarlingError('bad-run', `Cannot take step ${round}: it is not due`);
      taken = step;
      // What a version is given out as is drawn once: by the first attempt, whichever is at hand.
      if (attempt === 1) broadcasts.set(round - 1, Promise.resolve(broadcast));
      try {
        return await takeStep(step, request);
      } finally {
        for (const { number } of step.reports) begun.delete(number);
        for (const version of broadcasts.keys()) if (version < step.oldestVersion) broadcasts.delete(version);
      }
    },
    close(isOver) {
      isClosed = true;
      steps.close?.();
      return inner.close(isOver);
    },
  };
}
