// What a federation file exports: a computation with the clients to run it on, and the options a user may set.
// `starling simulate` runs it on this machine, on any runtime; a coordinator and its clients load the same file.
import type { FederatedComputation, IterativeProcess, StateOf } from '@starling/federated-core';
import {
  atLocation,
  checkOptions,
  hasMethods,
  isPlain,
  kinds,
  type MaybePromise,
  numberWithin,
  ofKind,
  optionError,
  required,
  sourceLocation,
} from '@starling/federated-core/plan';
import type { CohortSampler, Population } from '@starling/population';
import type { GivenAsynchronous } from '@starling/rounds';
import type { z } from 'zod';
import type { BestRule } from '../rounds/best-rule.js';
import { checkBestIsMeasured, checkEvaluable, SOURCE_OPTIONS } from '../rounds/check-run.js';
import type { PreparedRun } from '../rounds/compile-run.js';
import type { Constraints } from '../rounds/constraints.js';
import type { Evaluation } from '../rounds/evaluation.js';
import { slipIn } from '../runtime/slips.js';

/** A federation made ready with its options: all that a run needs but the runtime and the seed. */
export interface FederationSetup<
  P extends IterativeProcess = IterativeProcess,
  C extends FederatedComputation = FederatedComputation,
> {
  /** What runs each round: a process carries state from round to round, a computation does not. */
  readonly process?: P;
  readonly computation?: C;
  /** In place of both: see `RunSource`. */
  readonly prepared?: PreparedRun;
  /** The other SERVER-placed parameters, by name, as plain JavaScript (see `toValue`). */
  readonly arguments?: Readonly<Record<string, unknown>>;
  /** Clients a lane, where the plan's own choice is not wanted (see `RunSource`). */
  readonly laneSize?: number;
  readonly population: Population;
  readonly sampler: CohortSampler;
  /** Where given, rounds do not wait for their cohort: see the option of `runRounds`. */
  readonly asynchronous?: GivenAsynchronous;
  /** Rounds, a whole number from 0, where the user asks for no other number. */
  readonly rounds: number;
  readonly evaluation?: Evaluation<StateOf<P>>;
  /** Which state is the best, to be kept besides the last one, and when to stop looking for a better one. */
  readonly best?: BestRule;
  /** What the model must hold, and what happens if it does not: see docs/fairness.md. */
  readonly constraints?: Constraints;
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

/**
 * Gives the federation back, typed by its options; what its `build` makes is checked. Throws a `RangeError` for a part
 * of another kind, and if an option has no default.
 */
export function defineFederation<O extends z.ZodObject>(federation: Federation<O>): Federation<O> {
  checkOptions(
    'Cannot define a federation',
    federation,
    {
      name: required(kinds.text),
      description: required(kinds.text),
      options: required(optionsKind),
      build: required(kinds.callable),
    },
    ELSEWHERE,
  );
  const { name, options } = federation;
  const parsed = options.safeParse({});
  if (!parsed.success) {
    const missing = parsed.error.issues.map(({ path }) => path.join('.')).join(', ');
    throw optionError(
      `Cannot define federation '${name}': every option needs a default, got none for ${missing}`,
    );
  }
  const check = setupCheck(name);
  return {
    ...federation,
    build: (given) => {
      let setup: MaybePromise<FederationSetup>;
      try {
        setup = federation.build(given);
      } catch (cause) {
        throw slipIn(cause, `Cannot build federation '${name}'`, Object.keys(options.shape));
      }
      return setup instanceof Promise ? setup.then(check) : check(setup);
    },
  };
}

const optionsKind = ofKind({
  need: 'a zod object, such as z.object({ clients: z.int().default(10) })',
  fits: (value) => hasMethods(value, ['safeParse']) && 'shape' in (value as object),
  advice: (value) =>
    typeof value === 'object' && value !== null && isPlain(value) ? 'Write z.object({ … })' : null,
});

/** Checks a setup once it is built; errors have the line where the federation is defined. */
function setupCheck(name: string): (setup: FederationSetup) => FederationSetup {
  const defined = atLocation(sourceLocation());
  return (setup) => {
    const action = `Cannot build federation '${name}': what build returns`;
    try {
      if (setup === undefined) {
        throw optionError(`${action} must be a setup, got undefined. A function in braces needs return`);
      }
      checkOptions(action, setup, {
        ...SOURCE_OPTIONS,
        rounds: required(numberWithin({ whole: true, from: 0 })),
        headline: kinds.text,
      });
      checkEvaluable(action, setup);
      checkBestIsMeasured(action, setup);
    } catch (cause) {
      const [words] = (cause as RangeError).message.split('\n    at ');
      throw new RangeError(`${words}${defined}`, { cause });
    }
    return setup;
  };
}

/** What a setup has, and its federation has not. */
const ELSEWHERE = Object.fromEntries(
  [
    'process',
    'computation',
    'population',
    'sampler',
    'asynchronous',
    'rounds',
    'evaluation',
    'best',
    'constraints',
  ].map((name) => [name, `It is part of what build returns: build: () => ({ ${name}, … })`]),
);
