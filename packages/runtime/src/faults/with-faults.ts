// A runtime around another one, in which things go wrong as a user has written: who does not answer, comes late, dies,
// or sends something else. What it draws depends on the run's seed alone, so that every runtime ends in the same bits.
import { StarlingError, seedFrom } from '@starling/federated-core';
import { checkOptions, kinds, numberWithin, required } from '@starling/federated-core/plan';
import type { PhaseAddress } from '@starling/rounds';
import type { ClientFault } from '../runtime/client-fault.js';
import { ServerCrashError } from '../runtime/errors.js';
import { countsOf, type FaultKind, type PhaseFaults } from '../runtime/phase-faults.js';
import type { PhaseRequest, Runtime, RuntimeSession } from '../runtime/runtime.js';
import { createDrawFaults, type DrawFaults, type DrawnFaults } from './draw-faults.js';
import type { Faults, FaultsInput } from './fault-schema.js';
import { type Arrival, gatherVirtually } from './gather-virtually.js';

export interface WithFaultsOptions {
  /** The run's: a non-negative safe integer. */
  readonly seed: number;
}

/**
 * Gives the runtime's clients the faults; docs/faults.md has them all. Opening it throws a `FaultsError` if they are
 * not as they must be, or cannot be on the plan and the population. A server that dies is a `ServerCrashError` of a
 * phase, once in each of its rounds: `runRounds` with the option `faults` starts the run again by itself.
 */
export function withFaults(runtime: Runtime, faults: FaultsInput, options: WithFaultsOptions): Runtime {
  checkOptions('Cannot simulate faults', options, {
    seed: required(numberWithin({ whole: true, from: 0 })),
  });
  kinds.record('Cannot simulate faults', 'faults', faults);
  if (runtime.takesFaults !== true) {
    throw new StarlingError(
      'bad-faults',
      `Cannot simulate faults on runtime '${runtime.name}': need one that does as the faults of a phase say (takesFaults), such as inProcessRuntime() or threadsRuntime()`,
    );
  }
  /** Rounds in which the server has died: it does so once. */
  const died = new Set<number>();
  return {
    ...runtime,
    takesFaults: false, // faults of faults
    async open(plan, population) {
      // The schema, and with it zod, is loaded only where there are faults.
      const [{ readFaults }, { checkFaults }] = await Promise.all([
        import('./read-faults.js'),
        import('./check-faults.js'),
      ]);
      const read = readFaults(faults);
      checkFaults(read, plan.plan.phases, population);
      const session = await runtime.open(plan, population);
      const simulation = {
        faults: read,
        draw: createDrawFaults(read, seedFrom(options.seed)),
        nameOf: (index: number) => population.clientId(index),
        died,
      };
      return faultySession(session, simulation);
    },
  };
}

interface Simulation {
  readonly faults: Faults;
  readonly draw: DrawFaults;
  readonly nameOf: (index: number) => string;
  readonly died: Set<number>;
}

function faultySession(inner: RuntimeSession, simulation: Simulation): RuntimeSession {
  const { faults, died } = simulation;
  return {
    async runPhase(request) {
      if (request.isEvaluation === true) return inner.runPhase(request);
      const simulated = simulatePhase(request, simulation);
      const asked = simulated.faults.some((fault) => fault !== null)
        ? { ...request, faults: simulated.faults }
        : request;
      const outcome = await inner.runPhase(asked);
      if (serverCrashesIn(faults, request) && !died.has(request.round)) {
        died.add(request.round);
        throw new ServerCrashError(request.round);
      }
      return { ...outcome, faults: simulated.told };
    },
    ...(inner.settled !== undefined && { settled: (of) => inner.settled!(of) }),
    ...(inner.ready !== undefined && { ready: () => inner.ready!() }),
    ...(inner.present !== undefined && {
      present: (tell: Parameters<NonNullable<RuntimeSession['present']>>[0]) => inner.present!(tell),
    }),
    close: (isOver) => inner.close(isOver),
  };
}

/** In the first attempt alone: further ones are made since it failed, and not since the server died. */
function serverCrashesIn({ serverCrashes }: Faults, { round, attempt = 1 }: PhaseRequest): boolean {
  return attempt === 1 && serverCrashes.includes(round);
}

interface SimulatedPhase {
  readonly faults: readonly (ClientFault | null)[];
  readonly told: PhaseFaults;
}

export const DROPPED_OUT = { code: 'dropped-out', reason: 'the client does not answer (simulated)' } as const;
export const CRASHED = {
  code: 'crashed',
  reason: 'the client died in the middle of its work (simulated)',
} as const;

function simulatePhase(request: PhaseRequest, { faults, draw, nameOf }: Simulation): SimulatedPhase {
  const { run = '', round, attempt = 1, phase, cohort } = request;
  const { deadlineMs = Number.POSITIVE_INFINITY, overSelection } = faults;
  const goal = overSelection === 1 ? request.goal : Math.ceil(cohort.length / overSelection - 1e-9);
  const address: PhaseAddress = { run, round, attempt, phase, base: '' };
  const names = cohort.map(nameOf);
  const drawn = cohort.map((index, at) => draw(index, names[at]!, { round, attempt, phase }));
  const arrivals = drawn.map((each) => arrivalOf(each, deadlineMs));
  const { losses, late, repeated, endedMs } = gatherVirtually(address, names, arrivals, deadlineMs, goal);
  const isInTime = (at: number): boolean => losses[at] === null;
  const counted: Record<FaultKind, (each: DrawnFaults, at: number) => boolean> = {
    dropouts: ({ dropsOut }) => dropsOut,
    crashes: ({ dropsOut, crashes }) => crashes && !dropsOut,
    stragglers: ({ dropsOut, isStraggler }) => isStraggler && !dropsOut,
    late: (_, at) => late.has(names[at]!),
    corrupt: ({ corrupt }, at) => corrupt.length > 0 && isInTime(at),
    byzantine: ({ byzantine }, at) => byzantine.length > 0 && isInTime(at),
    duplicates: (_, at) => repeated.has(names[at]!),
    serverCrashes: () => false,
  };
  const hasClock = faults.deadlineMs !== undefined || faults.stragglers.length > 0;
  const crashesNow = phase === 0 && serverCrashesIn(faults, request);
  return {
    faults: drawn.map((each, at) => faultOf(each, losses[at]!)),
    told: {
      counts: countsOf((kind) =>
        kind === 'serverCrashes' ? Number(crashesNow) : drawn.filter(counted[kind]).length,
      ),
      virtualMs: hasClock ? endedMs : null,
    },
  };
}

/** Who does not answer is missed at the deadline; without one, at once, so that the phase has an end. */
function arrivalOf(drawn: DrawnFaults, deadlineMs: number): Arrival {
  const { dropsOut, crashes, crashesAt, latencyMs, isDuplicate } = drawn;
  if (dropsOut)
    return Number.isFinite(deadlineMs) ? { kind: 'never' } : { kind: 'lost', atMs: 0, ...DROPPED_OUT };
  if (crashes) return { kind: 'lost', atMs: crashesAt * latencyMs, ...CRASHED };
  return { kind: 'report', atMs: latencyMs, isDuplicate };
}

/** What a runtime does with a client, of what was drawn for it and why it is lost, if it is. */
export function faultOf(
  { dropsOut, crashes, corrupt, byzantine }: DrawnFaults,
  loss: { readonly code: string; readonly reason: string } | null,
): ClientFault | null {
  if (dropsOut) return { kind: 'lost', ...DROPPED_OUT };
  if (crashes) return { kind: 'lost', ...CRASHED };
  if (loss !== null) return { kind: 'lost', ...loss };
  const alterations = [...byzantine, ...corrupt]; // it lies first, and then the lie is damaged
  return alterations.length === 0 ? null : { kind: 'altered', alterations };
}
