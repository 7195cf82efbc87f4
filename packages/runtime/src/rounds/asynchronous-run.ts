// What a run needs besides whose rounds do not wait: its steps, gone through up to where it continues, and what clients
// are given of versions that an earlier process has committed.
import type { Engine } from '@starling/compute';
import { type Seed, StarlingError } from '@starling/federated-core';
import { checkAsynchronous, serverSeed } from '@starling/federated-core/plan';
import type { LinkedPlan } from '@starling/plan';
import type { Leaves } from '@starling/plan/runner';
import { asynchronousSettings, attemptSeed } from '@starling/rounds';
import { ArrivalSteps } from '../asynchronous/arrival-steps.js';
import { type AsynchronousRun, asynchronousSession } from '../asynchronous/asynchronous-session.js';
import { flightFaults } from '../asynchronous/flight-faults.js';
import { StepSchedule } from '../asynchronous/step-schedule.js';
import { checkFaults } from '../faults/check-faults.js';
import { detailsOf } from '../kept/round-details.js';
import { decodeState } from '../kept/state-file.js';
import { CheckpointError } from '../runtime/errors.js';
import type { RuntimeSession } from '../runtime/runtime.js';
import type { CompiledRun } from './compile-run.js';
import { initialState } from './initial-state.js';
import type { RunStart } from './resume-run.js';
import type { RunOptions } from './run-options.js';
import type { RunParts } from './run-parts.js';
import { sampleCohort } from './sample-cohort.js';

type AsynchronousOptions = Pick<
  RunOptions,
  'asynchronous' | 'population' | 'sampler' | 'faults' | 'rounds' | 'store'
>;

/** Throws a `StarlingError` with code `not-asynchronous` if the rounds of the process must wait. */
export async function asynchronousRun(
  { plan }: Pick<CompiledRun, 'plan'>,
  options: AsynchronousOptions,
  { seed, start }: { readonly seed: Seed; readonly start: RunStart },
): Promise<AsynchronousRun> {
  const { population, rounds } = options;
  checkAsynchronous(plan.plan);
  const settings = asynchronousSettings(options.asynchronous!, population.size);
  if (settings.clock === 'real') {
    const last = start.commits.at(-1);
    const inFlight = (last === undefined ? null : detailsOf(last.metrics))?.asynchronous?.inFlight ?? [];
    return { steps: new ArrivalSteps({ settings, population, seed, start, inFlight }), faults: null, rounds };
  }
  const virtual = await virtualSteps(plan, options, seed);
  for (const { round, attempt } of start.commits) virtual.steps.at({ round, attempt });
  return { ...virtual, rounds };
}

/** The steps of a run on a virtual clock, from its beginning. */
export async function virtualSteps(
  { plan }: LinkedPlan,
  options: AsynchronousOptions,
  seed: Seed,
): Promise<Pick<AsynchronousRun, 'steps' | 'faults'>> {
  const { population } = options;
  const faults = await flightFaults(options.faults, {
    seed,
    population,
    check: (read) => checkFaults(read, plan.phases, population),
  });
  const steps = new StepSchedule({
    settings: asynchronousSettings(options.asynchronous!, population.size),
    population: population.size,
    draw: (index) => sampleCohort(options, seed, index),
    latencyOf: (flight) => faults.latencyOf(flight),
  });
  return { steps, faults };
}

/** The latest state that counts, and who is called once a step is due. */
interface Following {
  readonly progress: { readonly round: number; readonly state: Leaves };
  arrived(): void;
}

/** The session as it is, or as it is for rounds that do not wait. */
export function sessionOf(
  parts: Omit<RunParts, 'clock' | 'began'>,
  session: RuntimeSession,
  engine: Engine,
  loop: Following,
): RuntimeSession {
  const { asynchronous, compiled, server, options, seed, start } = parts;
  if (asynchronous === null) return session;
  const { population, runtime } = options;
  const { plan } = compiled;
  async function stateOf(version: number): Promise<Leaves> {
    if (version === loop.progress.round) return loop.progress.state;
    return version === 0 ? initialState(compiled, engine, seed) : keptState(options, start.id, version);
  }
  const folding = asynchronousSession(session, {
    ...asynchronous,
    ...{ plan, server, population, seed, run: start.id },
    async broadcastOf(version) {
      const input = compiled.serverInput(await stateOf(version));
      return server.prepare(0, input, [], serverSeed(attemptSeed(seed, version + 1, 1)));
    },
  });
  const { steps } = asynchronous;
  if (!(steps instanceof ArrivalSteps)) return folding;
  if (session.present === undefined) {
    throw new StarlingError(
      'bad-run',
      `Cannot run asynchronously by a real clock: need a runtime whose clients come and go, such as websocket, got ${runtime.name}`,
    );
  }
  return {
    ...folding,
    async ready() {
      await session.ready?.();
      steps.begin(session, folding.workOf, () => loop.arrived());
    },
  };
}

async function keptState({ store }: RunOptions, run: string, version: number): Promise<Leaves> {
  const bytes = (await store?.state(run, version)) ?? null;
  if (bytes !== null) return decodeState(bytes).leaves;
  throw new CheckpointError(
    `Cannot continue: clients are at work on the state of round ${version}, and ${store?.name ?? 'the run'} has it no more`,
  );
}
