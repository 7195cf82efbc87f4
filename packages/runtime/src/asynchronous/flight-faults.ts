// How long a flight takes, and what is simulated to go wrong with it: drawn as for a client of a round, from the seed,
// the version that it works on and the attempt. A run that says nothing of latencies has those that are usual.
import { type Seed, StarlingError } from '@starling/federated-core';
import type { Population } from '@starling/population';
import type { Flight } from '@starling/rounds';
import { createDrawFaults, type DrawnFaults } from '../faults/draw-faults.js';
import type { Faults, FaultsInput } from '../faults/fault-schema.js';
import { CRASHED, DROPPED_OUT, faultOf } from '../faults/with-faults.js';
import type { ClientFault } from '../runtime/client-fault.js';
import { countsOf, type FaultCounts, type FaultKind } from '../runtime/phase-faults.js';

export interface FlightFaults {
  /** Milliseconds on the virtual clock until it is over. */
  latencyOf(flight: Flight): number;
  faultOf(flight: Flight): ClientFault | null;
  /** How many of these flights each kind of fault befell; `null` for a run without faults. */
  countsOf(flights: readonly Flight[]): FaultCounts | null;
}

/** A median of a second, of which the slowest of a hundred takes ten times as much: e^(2.33·σ). */
export const DEFAULT_LATENCY = { distribution: 'log-normal', mu: Math.log(1000), sigma: 1 } as const;

/** Throws a `FaultsError` for faults that are not as they must be, or mean nothing where nobody waits. */
export async function flightFaults(
  given: FaultsInput | undefined,
  {
    seed,
    population,
    check,
  }: { readonly seed: Seed; readonly population: Population; check(faults: Faults): void },
): Promise<FlightFaults> {
  // The schema, and with it zod, is loaded only where there are faults.
  const { readFaults } = await import('../faults/read-faults.js');
  const faults = readFaults({ ...given, stragglers: given?.stragglers ?? [{ latency: DEFAULT_LATENCY }] });
  refuseOfRounds(faults);
  check(faults);
  const draw = createDrawFaults(faults, seed);
  const { deadlineMs = Number.POSITIVE_INFINITY } = faults;
  const drawn = ({ client, version, attempt }: Flight): DrawnFaults =>
    draw(client, population.clientId(client), { round: version + 1, attempt, phase: 0 });
  const lossOf = ({ dropsOut, crashes, crashesAt, latencyMs }: DrawnFaults) => {
    if (dropsOut) return DROPPED_OUT;
    if (crashes && crashesAt * latencyMs <= deadlineMs) return CRASHED;
    if (latencyMs <= deadlineMs) return null;
    return { code: 'deadline', reason: `nothing arrived within ${deadlineMs} ms` };
  };
  return {
    latencyOf(flight) {
      const { dropsOut, crashes, crashesAt, latencyMs } = drawn(flight);
      if (dropsOut) return deadlineMs;
      return Math.min(deadlineMs, crashes ? crashesAt * latencyMs : latencyMs);
    },
    faultOf: (flight) => {
      const each = drawn(flight);
      return faultOf(each, lossOf(each));
    },
    countsOf(flights) {
      if (given === undefined) return null;
      const all = flights.map(drawn);
      const isLate = (each: DrawnFaults): boolean => lossOf(each)?.code === 'deadline';
      const isInTime = (each: DrawnFaults): boolean => lossOf(each) === null;
      const counted: Partial<Record<FaultKind, (each: DrawnFaults) => boolean>> = {
        dropouts: ({ dropsOut }) => dropsOut,
        crashes: ({ dropsOut, crashes }) => crashes && !dropsOut,
        stragglers: ({ dropsOut, isStraggler }) => isStraggler && !dropsOut,
        late: isLate,
        corrupt: (each) => each.corrupt.length > 0 && isInTime(each),
        byzantine: (each) => each.byzantine.length > 0 && isInTime(each),
      };
      return countsOf((kind) => all.filter(counted[kind] ?? (() => false)).length);
    },
  };
}

function refuseOfRounds({ dropouts, deadlineMs, duplicates, serverCrashes, overSelection }: Faults): void {
  const bad = (problem: string): StarlingError =>
    new StarlingError('bad-faults', `Cannot simulate faults of asynchronous rounds: ${problem}`);
  if (dropouts.length > 0 && deadlineMs === undefined) {
    throw bad(
      'dropouts need deadlineMs, got none: who does not answer would be waited for until the end of the run',
    );
  }
  if (duplicates.length > 0) throw bad('duplicates are of synchronous rounds: a report is taken in once');
  if (overSelection > 1) throw bad('overSelection is of synchronous rounds: nobody is waited for here');
  if (serverCrashes.length > 0)
    throw bad('serverCrashes are of synchronous rounds. Kill the run, and resume it');
}
