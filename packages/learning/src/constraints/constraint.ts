// What a model must fulfil, as a value: a constraint reads the figures of an evaluation, and says whether it held. A
// run checks it (`constraints` of `runRounds`), a pipeline gates by it, and its text is what a command line reads.

import { type Check, hasMethods, kinds, ofKind } from '@starling/federated-core/plan';

export type Outcome = 'held' | 'violated' | 'undecided';

/** Plain data, for a record. */
export interface ConstraintResult {
  /** The text of the constraint. */
  readonly constraint: string;
  /** `undecided`: a group is withheld or has no such rate, or the figure is too uncertain. */
  readonly outcome: Outcome;
  /** Whether it lets the model pass: it held, or is undecided, and that is allowed. */
  readonly passes: boolean;
  /** `null` of a figure that is not there. */
  readonly value: number | null;
  /** The ends of the interval, where the constraint goes by one. */
  readonly low: number | null;
  readonly high: number | null;
  /** What it is held against; `null` of a baseline that has none. */
  readonly limit: number | null;
  /** In words. */
  readonly reason: string;
}

export interface Constraint {
  /** As `readConstraint` reads it, unless it compares with another model. */
  readonly text: string;
  /**
   * `figures`: what an evaluation gave, as it is, or as a record has it in JSON. Pure. A metric that is not there is
   * violated: nothing is taken for held that was not measured.
   */
  check(figures: unknown): ConstraintResult;
}

const resultKind: Check = ofKind({
  need: 'the result of a constraint, which check(figures) gives',
  fits: (value) => typeof (value as Partial<ConstraintResult> | null | undefined)?.passes === 'boolean',
  advice: (value) => (hasMethods(value, ['check']) ? 'Check it first: constraint.check(figures)' : null),
});

/** Whether all of them let a model pass. */
export function passes(results: readonly ConstraintResult[]): boolean {
  kinds.list('Cannot tell whether a model passes', 'results', results);
  for (const [at, result] of results.entries())
    resultKind('Cannot tell whether a model passes', `results[${at}]`, result);
  return results.every((result) => result.passes);
}
