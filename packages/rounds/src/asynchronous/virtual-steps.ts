// Asynchronous rounds on a virtual clock: the machine of flights hears of each report once its latency has passed, and
// nobody waits. Who is in which step, and how stale, follows from draws and latencies alone, so that it is known before
// anybody has computed anything, is the same on every runtime, and is found again after a crash by going through it.
import { StarlingError } from '@starling/federated-core';
import {
  createFlights,
  type Flight,
  type FlightAction,
  type FlightsOptions,
  type StaleFlight,
} from './flights.js';
import { inTurn } from './next-client.js';

export interface VirtualStep {
  /** From 1. */
  readonly step: number;
  /** The attempt at it, from 1. */
  readonly attempt: number;
  /** Its reports, in the order of their arrival. */
  readonly reports: readonly StaleFlight[];
  /** Reports that came since the step before, or the attempt, and were too stale to count. */
  readonly refused: readonly StaleFlight[];
  /** When its last report came, milliseconds from the beginning of the run. */
  readonly atMs: number;
  /** The oldest version that a client is at work on besides, or waits with; the latest, if it is older than all. */
  readonly oldestVersion: number;
}

export interface VirtualSteps {
  /** The step that is due: the same until it is over. Throws if none can come. */
  due(): VirtualStep;
  /** The step that is due counts, or its attempt has come to nothing. */
  over(counts: boolean): void;
}

export interface VirtualStepsOptions extends Pick<FlightsOptions, 'settings'> {
  /** Clients in all. */
  readonly population: number;
  /** Cohort `index` of the sampler, from 1: see `inTurn`. */
  readonly draw: (index: number) => readonly number[];
  /** From when the client is asked to when its report is there, milliseconds, from 0. */
  readonly latencyOf: (flight: Flight) => number;
}

export function createVirtualSteps({
  latencyOf,
  population,
  draw,
  ...options
}: VirtualStepsOptions): VirtualSteps {
  const flights = createFlights({ ...options, next: inTurn(population, draw) });
  /** The next one last. */
  const arrivals: { readonly atMs: number; readonly flight: number }[] = [];
  let nowMs = 0;
  let refused: StaleFlight[] = [];
  let due: VirtualStep | null = null;

  function schedule(flight: Flight): void {
    const atMs = nowMs + latencyOf(flight);
    let [from, to] = [0, arrivals.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      // Of two that come at once, the one that was asked first.
      if (arrivals[middle]!.atMs > atMs) from = middle + 1;
      else to = middle;
    }
    arrivals.splice(from, 0, { atMs, flight: flight.number });
  }
  function act(actions: readonly FlightAction[]): void {
    for (const action of actions) {
      switch (action.kind) {
        case 'ask':
          schedule(action.flight);
          break;
        case 'refuse':
          refused.push(action.flight);
          break;
        case 'step': {
          const left = [...flights.inFlight, ...flights.buffered].map(({ version }) => version);
          due = {
            step: flights.version + 1,
            attempt: flights.attempt,
            reports: action.reports,
            refused,
            atMs: nowMs,
            oldestVersion: Math.min(flights.version, ...left),
          };
          refused = [];
          break;
        }
        default:
          action satisfies never;
      }
    }
  }
  /** All that comes at one moment is taken in before anybody is asked in its place. */
  function advance(): void {
    act(flights.handle({ kind: 'fill' }));
    const first = arrivals.at(-1);
    if (first === undefined) throw starved(flights.version + 1, flights.buffered.length, options);
    nowMs = first.atMs;
    while (arrivals.at(-1)?.atMs === nowMs) {
      act(flights.handle({ kind: 'arrived', flight: arrivals.pop()!.flight }));
    }
  }

  return {
    due() {
      while (due === null) advance();
      return due;
    },
    over(counts) {
      if (due === null) return;
      due = null;
      act(flights.handle({ kind: counts ? 'committed' : 'failed' }));
    },
  };
}

function starved(
  step: number,
  buffered: number,
  { settings }: Pick<FlightsOptions, 'settings'>,
): StarlingError {
  return new StarlingError(
    'impossible-rounds',
    `Cannot take step ${step}: need ${settings.buffer} reports, got ${buffered}, and the sampler draws no client that is free. It must draw at least ${settings.buffer} different ones`,
  );
}
