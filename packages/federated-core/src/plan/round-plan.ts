// The round plan: what compiling a federated computation gives, and all that a runtime needs to know of it.
// One pass is the seven slots of a round (prepare, work, zero, accumulate, merge, report, apply); a computation that
// needs several round trips has several phases. `G` is how a local computation is named (see `LocalProgram`).
import type { Aggregation } from '../aggregations/aggregations.js';
import type { LocalComputation } from '../program/local-computation.js';
import type { LocalProgram } from '../program/program.js';
import type { Type } from '../types/types.js';

/**
 * Slices of a server value by the clients' keys: for each client of the phase its own, as a dataset with an element
 * a key. `prepare` gives the value that is `served`; the server calls `graph` (<served, key> -> slice) once for each
 * distinct key, with the seed `deriveSeed(server's seed, salt, key)`.
 */
export interface Selection<G = LocalComputation> {
  /** The aggregation of an earlier phase (kind `select-keys`) that took the keys. */
  readonly keys: { readonly phase: number; readonly aggregation: number };
  readonly served: Type;
  readonly graph: G;
  readonly slice: Type;
  readonly salt: number;
}

/**
 * One round trip. What its work reads of the server's is all that it sends; the server's programs see all aggregates.
 */
export interface Phase<G = LocalComputation> {
  /** (server input, aggregates of earlier phases) → broadcast, then what each of `selections` serves. */
  readonly prepare: LocalProgram<G>;
  readonly broadcast: Type;
  /**
   * What this phase's work takes of slices; as with a broadcast, a later phase that needs the same lists them again.
   */
  readonly selections: readonly Selection<G>[];
  /**
   * (broadcast, slices, client state, client input) → the updates of all aggregations, in order; then, in the phase
   * that makes it, the new client state.
   */
  readonly work: LocalProgram<G>;
  readonly aggregations: readonly Aggregation<G>[];
}

/** What becomes of a client that no longer holds the state which it has: it starts anew, or takes no part. */
export type WhenLost = 'restart' | 'sit-out';

/** What each client keeps from round to round. It never leaves its client, and neither does a hash of it. */
export interface ClientState<G = LocalComputation> {
  readonly type: Type;
  /** ( → state): the state of a client that has none yet. */
  readonly initialize: LocalProgram<G>;
  /** The phase whose work makes the new state; `null` for a plan that reads the state and does not change it. */
  readonly madeIn: number | null;
  readonly whenLost: WhenLost;
  /** Whether a client whose new state holds a NaN or an infinity is rejected, so that its state stays as it was. */
  readonly finite: boolean;
}

export interface RoundPlan<G = LocalComputation> {
  readonly name: string;
  /**
   * The members of the SERVER-placed parameters: a struct by their names (`<>` when there are none), or the
   * member itself when the computation has one parameter without a name.
   */
  readonly serverInput: Type;
  /** The same of the CLIENTS-placed parameters: what each client must hold. */
  readonly clientInput: Type;
  /** Left out where clients keep nothing. */
  readonly clientState?: ClientState<G>;
  /** None when nothing is asked of clients, such as to make an initial state. */
  readonly phases: readonly Phase<G>[];
  /** (server input, aggregates of all phases) → result. */
  readonly apply: LocalProgram<G>;
  /** Members, without placement: `<state=…,metrics=…>` of a process. */
  readonly result: Type;
  /** Clients a lane: the unit that is summed in order, and by one worker. */
  readonly laneSize: number;
  /** For errors alone. It stays with the one who compiled the plan: the linked plan, and so its hash, has none. */
  readonly sources?: PlanSources;
}

/** What was written where, such as `federatedMap(train) at /home/me/train.ts:12:5`. */
export interface PlanSources {
  /** By the salts of calls. */
  readonly calls: readonly string[];
  /** The aggregations of each phase. */
  readonly aggregations: readonly (readonly string[])[];
}
