// What a run needs besides whose rounds do not wait: the schedule of its steps, gone through up to where it continues,
// and what clients are given of versions that an earlier process has committed.
import type { Engine } from '@starling/compute';
import type { Seed } from '@starling/federated-core';
import { checkAsynchronous, serverSeed } from '@starling/federated-core/plan';
import type { Leaves } from '@starling/plan/runner';
import { asynchronousSettings, attemptSeed } from '@starling/rounds';
import { type AsynchronousRun, asynchronousSession } from '../asynchronous/asynchronous-session.js';
import { flightFaults } from '../asynchronous/flight-faults.js';
import { StepSchedule } from '../asynchronous/step-schedule.js';
import { checkFaults } from '../faults/check-faults.js';
import { decodeState } from '../kept/state-file.js';
import { CheckpointError } from '../runtime/errors.js';
import type { RuntimeSession } from '../runtime/runtime.js';
import type { CompiledRun } from './compile-run.js';
import { initialState } from './initial-state.js';
import type { RunStart } from './resume-run.js';
import type { RunOptions } from './run-options.js';
import type { RunParts } from './run-parts.js';
import { sampleCohort } from './sample-cohort.js';

type AsynchronousOptions = Pick<RunOptions, 'asynchronous' | 'population' | 'sampler' | 'faults' | 'rounds'>;

/** Throws a `StarlingError` with code `not-asynchronous` if the rounds of the process must wait. */
export async function asynchronousRun(
  { plan }: Pick<CompiledRun, 'plan'>,
  options: AsynchronousOptions,
  { seed, start }: { readonly seed: Seed; readonly start: Pick<RunStart, 'commits'> },
): Promise<AsynchronousRun> {
  const { population, rounds } = options;
  checkAsynchronous(plan.plan);
  const faults = await flightFaults(options.faults, {
    seed,
    population,
    check: (read) => checkFaults(read, plan.plan.phases, population),
  });
  const schedule = new StepSchedule({
    settings: asynchronousSettings(options.asynchronous!, population.size),
    population: population.size,
    draw: (index) => sampleCohort(options, seed, index),
    latencyOf: (flight) => faults.latencyOf(flight),
  });
  for (const { round, attempt } of start.commits) schedule.at({ round, attempt });
  return { schedule, faults, rounds };
}

/** The session as it is, or as it is for rounds that do not wait. */
export function sessionOf(
  parts: Omit<RunParts, 'clock' | 'began'>,
  session: RuntimeSession,
  engine: Engine,
): RuntimeSession {
  const { asynchronous, compiled, server, options, seed, start } = parts;
  if (asynchronous === null) return session;
  const { population } = options;
  const { plan } = compiled;
  return asynchronousSession(session, {
    ...asynchronous,
    ...{ plan, server, population, seed },
    async broadcastOf(version) {
      const state =
        version === 0
          ? await initialState(compiled, engine, seed)
          : await keptState(options, start.id, version);
      const input = compiled.serverInput(state);
      return server.prepare(0, input, [], serverSeed(attemptSeed(seed, version + 1, 1)));
    },
  });
}

async function keptState({ store }: RunOptions, run: string, version: number): Promise<Leaves> {
  const bytes = (await store?.state(run, version)) ?? null;
  if (bytes !== null) return decodeState(bytes).leaves;
  throw new CheckpointError(
    `Cannot continue: clients are at work on the state of round ${version}, and ${store?.name ?? 'the run'} has it no more`,
  );
}
