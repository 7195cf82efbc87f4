// What the model of a run must hold, and what becomes of the run if it does not: decisions that follow from what rounds
// give, so that a run which is taken up again decides as one that was not broken off. What a constraint is made of is
// not known here: `@starling/learning` has them.
import {
  type Check,
  checkOptions,
  hasMethods,
  isPlain,
  kinds,
  numberWithin,
  ofKind,
  oneOf,
  required,
} from '@starling/federated-core/plan';
import type { ConstraintOutcome } from '../record/record-line.js';

/** See `atLeast` and others of `@starling/learning`. */
export interface Constraint {
  /** What it asks for, in words that no other one has. */
  readonly text: string;
  /** Of what an evaluation gave; of a run without one, of what its rounds report. Pure. */
  check(figures: unknown): ConstraintOutcome;
}

/**
 * What happens if one does not pass. `fail`: the run continues, and the last check decides what the command exits by.
 * `stop`: the run ends with the first round that does not pass. `warn`: nothing beside what is said and recorded.
 */
export type Otherwise = 'fail' | 'stop' | 'warn';

export interface Constraints {
  readonly require: readonly Constraint[];
  /** Rounds from one check to the next, of those that are evaluated; the last round always is. Default 1. */
  readonly every?: number;
  /** Default `fail`. */
  readonly otherwise?: Otherwise;
}

/** The last check of a run. */
export interface CheckedConstraints {
  /** After which round; 0 if there was none. */
  readonly round: number;
  /** Whether all passed; false if they were never checked. */
  readonly passes: boolean;
  readonly results: readonly ConstraintOutcome[];
  readonly otherwise: Otherwise;
}

/** What a run had found out when it was taken up. */
export type CheckedBefore = Pick<CheckedConstraints, 'round' | 'results'>;

const NEVER: CheckedBefore = { round: 0, results: [] };

export class ConstraintKeeper {
  #last: CheckedBefore;

  /**
   * `before`: the checks that a store has of the run. The last one counts that is of the same constraints, and in turn:
   * the last round of a shorter run is checked out of turn. `evaluatedEvery`: rounds from one evaluation to the next.
   */
  constructor(
    private readonly constraints: Constraints,
    before: readonly CheckedBefore[],
    { rounds, evaluatedEvery }: { readonly rounds: number; readonly evaluatedEvery: number },
  ) {
    const { require, every = 1 } = constraints;
    const texts = `${require.map(({ text }) => text)}`;
    const isInTurn = (round: number): boolean =>
      round === rounds || (round % every === 0 && round % evaluatedEvery === 0);
    const isSame = ({ round, results }: CheckedBefore): boolean =>
      `${results.map(({ constraint }) => constraint)}` === texts && isInTurn(round);
    this.#last = before.findLast(isSame) ?? NEVER;
  }

  get checked(): CheckedConstraints {
    const { round, results } = this.#last;
    const { otherwise = 'fail' } = this.constraints;
    return { round, results, passes: round > 0 && results.every((result) => result.passes), otherwise };
  }

  /** Whether the run is over by them. */
  get isBroken(): boolean {
    const { round, passes, otherwise } = this.checked;
    return otherwise === 'stop' && round > 0 && !passes;
  }

  /**
   * After a round. `figures` are `undefined` where it was not evaluated: then there is nothing to check, unless it is
   * the last one, in which all is missing. `null` for a round in which nothing is checked.
   */
  see(round: number, figures: unknown, isLast: boolean): readonly ConstraintOutcome[] | null {
    const { require, every = 1 } = this.constraints;
    if (!isLast && (figures === undefined || round % every !== 0)) return null;
    const results = require.map((constraint) => constraint.check(figures ?? {}));
    this.#last = { round, results };
    return results;
  }
}

const constraintKind: Check = ofKind({
  need: "a constraint, such as atLeast('accuracy', 0.9)",
  fits: (value) => hasMethods(value, ['check']) && typeof (value as Constraint).text === 'string',
});

const recordOfConstraints: Check = ofKind({
  need: "an object such as { require: [atLeast('accuracy', 0.9)], every: 5 }",
  fits: (value) => typeof value === 'object' && value !== null && isPlain(value) && !Array.isArray(value),
  advice: (value) => (Array.isArray(value) ? 'Write constraints: { require: [ … ] }' : null),
});

/** The check of them, for tables of options. */
export const constraintsOption: Check = (action, option, value) => {
  recordOfConstraints(action, option, value);
  const what = `${action}: ${option}`;
  const constraints = value as Constraints;
  checkOptions(what, constraints, {
    require: required(kinds.list),
    every: numberWithin({ whole: true, from: 1 }),
    otherwise: oneOf('fail', 'stop', 'warn'),
  });
  for (const each of constraints.require) constraintKind(what, 'each of require', each);
};
