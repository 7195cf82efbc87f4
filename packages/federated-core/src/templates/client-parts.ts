// What the clients of several processes keep, as one state: how processes are made of others whose clients keep
// something. It is a struct by their names, of those alone whose clients do, so that others leave no trace.
import { CLIENT_STATE } from '../compile/client-state.js';
import type { AnyClientsValue } from '../expression/placed-values.js';
import { field, type SymbolicValue } from '../expression/symbolic-value.js';
import { federatedZip } from '../intrinsics/pointwise/federated-zip.js';
import { type KeptState, keptFrom } from './kept-state.js';
import type { ProcessComputations } from './process-computations.js';
import { clientStartOf, type ProcessStep } from './step.js';

/** Processes by name, in order. */
export interface ProcessesByName {
  readonly [name: string]: ProcessComputations;
}

/** Empty records where no client keeps anything, to be spread into what a process is made of. */
export interface ClientParts extends Omit<KeptState, 'returned'> {
  /** Gives what each client starts with; undefined where clients keep nothing. */
  readonly start: (() => AnyClientsValue) | undefined;
  /**
   * What is kept for the process of this name, for its step, of what `next` is given, of which no more than
   * `clientState` is read, and that where clients keep something; undefined of a process that keeps nothing.
   */
  of(given: unknown, name: string): AnyClientsValue | undefined;
  /** What is kept after these steps, by name. */
  join(steps: { readonly [name: string]: ProcessStep }): { readonly clientState?: AnyClientsValue };
}

/** Joins and takes apart what the clients of `processes` keep. */
export function clientParts(processes: ProcessesByName): ClientParts {
  const starts = Object.entries(processes).flatMap(([name, process]) => {
    const start = clientStartOf(process);
    return start === undefined ? [] : [[name, start] as const];
  });
  if (starts.length === 0) {
    return { start: undefined, initialize: {}, parameter: {}, of: () => undefined, join: () => ({}) };
  }
  const zip = (part: (name: string, start: () => AnyClientsValue) => AnyClientsValue): AnyClientsValue =>
    federatedZip(Object.fromEntries(starts.map(([name, start]) => [name, part(name, start)])));
  const start = (): AnyClientsValue => zip((_, first) => first());
  const { initialize, parameter } = keptFrom('parts', start);
  return {
    start,
    initialize,
    parameter,
    of: (given, name) =>
      starts.some(([keeping]) => keeping === name)
        ? (field((given as { readonly clientState: SymbolicValue }).clientState, name) as AnyClientsValue)
        : undefined,
    join: (steps) => ({ [CLIENT_STATE]: zip((name) => steps[name]!.clientState as AnyClientsValue) }),
  };
}
