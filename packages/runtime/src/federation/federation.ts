// What a federation file exports: a computation with the clients to run it on, and the options a user may set.
// `starling simulate` runs it on this machine, on any runtime; a coordinator and its clients load the same file.
import type { FederatedComputation, IterativeProcess } from '@starling/federated-core';
import type { MaybePromise } from '@starling/federated-core/plan';
import type { CohortSampler, Population } from '@starling/population';
import type { z } from 'zod';
import type { Evaluation } from '../rounds/run-options.js';

/** A federation made ready with its options: all that a run needs but the runtime and the seed. */
export interface FederationSetup {
  /** What runs each round: a process carries state from round to round, a computation does not. */
  readonly process?: IterativeProcess;
  readonly computation?: FederatedComputation;
  /** The other SERVER-placed parameters, by name, as plain JavaScript (see `toValue`). */
  readonly arguments?: Readonly<Record<string, unknown>>;
  /** Clients a lane, where the plan's own choice is not wanted (see `RunSource`). */
  readonly laneSize?: number;
  readonly population: Population;
  readonly sampler: CohortSampler;
  /** Rounds, a whole number from 0, where the user asks for no other number. */
  readonly rounds: number;
  readonly evaluation?: Evaluation;
  /** The metric to show while running, by its path, such as `evaluation.accuracy`. */
  readonly headline?: string;
}

export interface Federation<O extends z.ZodObject = z.ZodObject> {
  readonly name: string;
  /** One line: what it computes, on what. */
  readonly description: string;
  /** Each option with its default, so that `{}` parses; `--set` gives values of its type. */
  readonly options: O;
  build(options: z.infer<O>): MaybePromise<FederationSetup>;
}

/** Gives the federation back, typed by its options; throws if an option has no default. */
export function defineFederation<O extends z.ZodObject>(federation: Federation<O>): Federation<O> {
  const parsed = federation.options.safeParse({});
  if (parsed.success) return federation;
  const missing = parsed.error.issues.map(({ path }) => path.join('.')).join(', ');
  throw new TypeError(
    `Cannot define federation '${federation.name}': every option needs a default, got none for ${missing}`,
  );
}
