// A session around another one, for rounds that do not wait: the cohort of a round are the clients whose reports make
// its step, each at work on the version that it was given, and their updates are folded in the order of arrival. The
// work of later steps is begun as soon as its version is there, so that the workers of the runtime have something to
// do.
import { type Seed, StarlingError } from '@starling/federated-core';
import { checkAsynchronous } from '@starling/federated-core/plan';
import type { LinkedPlan } from '@starling/plan';
import type { Leaves, PlanRunner } from '@starling/plan/runner';
import type { Population } from '@starling/population';
import { attemptSeed, type StaleFlight, type VirtualStep } from '@starling/rounds';
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
import type { StepSchedule } from './step-schedule.js';

export interface AsynchronousRun {
  readonly schedule: StepSchedule;
  readonly faults: FlightFaults;
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
  /** What clients are given of a version that an earlier process committed. */
  readonly broadcastOf: (version: number) => Promise<Leaves>;
}

/** Works that are begun ahead of the step at hand, for each that the runtime does side by side. */
const AHEAD = 2;

export function asynchronousSession(inner: RuntimeSession, parts: AsynchronousParts): RuntimeSession {
  const { schedule, faults, rounds, plan, server, population, seed, broadcastOf } = parts;
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
  let taken: VirtualStep | null = null;

  function begin(flight: StaleFlight, request: Pick<PhaseRequest, 'run' | 'round' | 'attempt'>): void {
    const { number, client, version, attempt } = flight;
    if (begun.has(number)) return;
    const fault = faults.faultOf(flight);
    if (fault?.kind === 'lost') {
      const report = lostReport(population.clientId(client), fault);
      begun.set(number, Promise.resolve({ report, update: null }));
      return;
    }
    if (!broadcasts.has(version)) broadcasts.set(version, broadcastOf(version));
    unfinished++;
    const working = broadcasts.get(version)!.then((broadcast) =>
      work!.call(inner, {
        ...(request.run !== undefined && { run: request.run }),
        ...{ round: version + 1, attempt, phase: 0, client, version, broadcast },
        seed: attemptSeed(seed, version + 1, attempt),
        ...(fault !== null && { alterations: fault.alterations }),
      }),
    );
    const done = (): void => {
      unfinished--;
      beginAhead(request);
    };
    working.then(done, done); // what it throws is thrown where its step is taken
    begun.set(number, working);
  }
  /** Whose version is committed, in the order of their steps, as many as the workers can do with. */
  function beginAhead(request: Pick<PhaseRequest, 'run' | 'round' | 'attempt'>): void {
    if (workers < 2 || isClosed) return;
    for (let step = 1; request.round + step <= rounds; step++) {
      for (const flight of schedule.ahead(step).reports) {
        if (unfinished >= AHEAD * workers) return;
        if (flight.version < request.round) begin(flight, request);
      }
      if (step > AHEAD * workers) return;
    }
  }

  async function takeStep(step: VirtualStep, request: PhaseRequest): Promise<PhaseOutcome> {
    const { reports: flights, refused } = step;
    const staleness = flights.map((flight) => flight.staleness);
    const { laneSize } = plan.plan;
    const fold = createLaneFold({
      aggregations,
      reductions,
      laneSize,
      cohortSize: flights.length,
      staleness,
    });
    for (const flight of flights) begin(flight, request);
    beginAhead(request);
    const reports = await Promise.all(
      flights.map(async ({ number }, position) => {
        const { report, update } = await begun.get(number)!;
        await (update === null ? fold.skip(position) : fold.accept(position, update));
        return report;
      }),
    );
    const accumulators = await fold.finish();
    const counts = faults.countsOf(flights);
    return {
      accumulators,
      reports,
      ...(counts !== null && { faults: { counts, virtualMs: schedule.tookMs } }),
      step: { staleness, tooStale: refused.length, virtualMs: schedule.tookMs },
    };
  }

  /** A client hears of the work that it was asked for: the one after the version that it was given. */
  function settled({ run, counted }: SettledAttempt): void {
    for (const { client, version, attempt } of taken?.reports ?? []) {
      const clients = [population.clientId(client)];
      inner.settled!({ run, round: version + 1, attempt, counted, clients });
    }
    taken = null;
  }

  return {
    ...(inner.settled !== undefined && { settled }),
    ...(inner.ready !== undefined && { ready: () => inner.ready!() }),
    async runPhase(request) {
      if (request.isEvaluation === true) return inner.runPhase(request);
      const { round, attempt = 1, broadcast } = request;
      const step = schedule.at({ round, attempt });
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
      return inner.close(isOver);
    },
  };
}
