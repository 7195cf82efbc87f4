// What a run is asked of its state every so many rounds: something that the server works out by itself, such as the
// accuracy on a test set, or what clients find who need not be among those that train.
import type { FederatedComputation, HostValue, LocalRunner, Value } from '@starling/federated-core';
import type { MaybePromise } from '@starling/federated-core/plan';
import { type CohortSampler, joinedPopulation, type Population } from '@starling/population';

/** In a round that is so many after the last one evaluated; the last round always is. */
interface Due {
  /** In rounds, from 1. */
  readonly every: number;
}

/** Worked out at the server. `S` is the state. */
export interface ServerEvaluation<S extends Value = Value> extends Due {
  /** `local` runs local computations on the engine of the run. */
  run(state: S, round: number, local: LocalRunner): MaybePromise<HostValue>;
}

/**
 * Asked of clients, on the runtime of the run, as a round is: with lanes, checks and reports. Where the type of its
 * computation is revealing, the server sees what single clients found.
 */
export interface ClientsEvaluation extends Due {
  /**
   * From the state to what is reported. A parameter at the server is the field of the state that has its name, the
   * whole state if it is called `state`, or one of `arguments`.
   */
  readonly computation: FederatedComputation;
  /** Further parameters at the server, by name. */
  readonly arguments?: Readonly<Record<string, unknown>>;
  /**
   * Whose clients are asked: such as those that were held out of training (`splitPopulation`), with names of their own.
   * They hold what the clients of the run do. Default: those of the run.
   */
  readonly population?: Population;
  /** Draws who of them is asked, anew each time. Default: everybody. */
  readonly sampler?: CohortSampler;
  /** Clients that must answer, or there is no evaluation: a whole number from 0. Default 1. */
  readonly minReports?: number;
  /**
   * From what the computation gives to what is recorded: plain values, and `null`. It runs at the server, and what it
   * leaves out is in no record. Pure. Default: all of it, as it is.
   */
  finish?(result: HostValue): unknown;
}

export type Evaluation<S extends Value = Value> = ServerEvaluation<S> | ClientsEvaluation;

export function isOfClients(evaluation: Evaluation): evaluation is ClientsEvaluation {
  return 'computation' in evaluation;
}

/** All clients of a run: also those that only evaluations ask, who stand after the others. */
export function allClients({
  population,
  evaluation,
}: {
  readonly population: Population;
  readonly evaluation?: Evaluation | undefined;
}): Population {
  const others = evaluation !== undefined && isOfClients(evaluation) ? evaluation.population : undefined;
  return others === undefined ? population : joinedPopulation(population, others);
}

/** Whether a round is evaluated by its number alone; the last one is in any case. */
export function isDue({ every }: Due, round: number): boolean {
  return round % every === 0;
}
