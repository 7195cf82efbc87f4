// Which state of a run is the best, and when the run has seen enough: decisions that follow from the values of one
// metric in their order, and from nothing else, so that a run which is taken up again decides as one that was not
// broken off.
import { StarlingError } from '@starling/federated-core';
import {
  checkOptions,
  count,
  didYouMean,
  isTensor,
  kinds,
  numberWithin,
  oneOf,
  required,
  usualGoal,
} from '@starling/federated-core/plan';
import type { BestProgress } from '../kept/round-details.js';

export interface BestRule {
  /**
   * By its dotted name: `evaluation.accuracy` of the evaluation, or of the round's own metrics such as `loss` (`value`
   * where a round has one number alone).
   */
  readonly metric: string;
  /** Which values are better. */
  readonly goal: 'highest' | 'lowest';
  /** Ends the run with the first value that is as good as this. Default: none does. */
  readonly target?: number;
  /** Ends the run after so many values in a row that were no better than the best one. From 1. Default: never. */
  readonly patience?: number;
  /** How much better than the best one a value must be to take its place. At least 0. Default 0. */
  readonly minDelta?: number;
}

export type StopReason = 'target' | 'patience' | 'constraint';

export const NOTHING_YET: BestProgress = { round: 0, value: null, since: 0 };

/** The progress after one value more; one that is not finite is no better than any. */
export function withValue(
  { goal, minDelta = 0 }: BestRule,
  before: BestProgress,
  round: number,
  value: number,
): BestProgress {
  const ahead = before.value === null ? 0 : goal === 'highest' ? value - before.value : before.value - value;
  const isBetter = Number.isFinite(value) && (before.value === null || ahead > minDelta);
  return isBetter ? { round, value, since: 0 } : { ...before, since: before.since + 1 };
}

/** Why the run is over; `null` if it is not. */
export function stopReason(
  { goal, target, patience }: BestRule,
  { value, since }: BestProgress,
): StopReason | null {
  if (target !== undefined && value !== null) {
    if (goal === 'highest' ? value >= target : value <= target) return 'target';
  }
  return patience !== undefined && since >= patience ? 'patience' : null;
}

/** What is odd about the goal of a rule, such as the highest loss; `null` if nothing is. */
export function oddGoal({ metric, goal }: BestRule): string | null {
  const usual = usualGoal(metric) ?? goal;
  if (usual === goal) return null;
  return `the best state is that of the ${goal} '${metric}': if the ${usual} is better, write goal: '${usual}'`;
}

/** What a rule is read from: host values. */
export interface Measured {
  readonly metrics: unknown;
  readonly evaluation?: unknown;
}

const EVALUATION = 'evaluation';

/** Whether a rule goes by the evaluation, rather than by the round's own metrics. */
export function isOfEvaluation({ metric }: Pick<BestRule, 'metric'>): boolean {
  return metric === EVALUATION || metric.startsWith(`${EVALUATION}.`);
}

/**
 * The value that a rule goes by; `null` of a round that was not evaluated. Throws a `StarlingError` with code `bad-run`
 * that lists the numbers there are, if this is none of them.
 */
export function measuredValue(rule: BestRule, { metrics, evaluation }: Measured): number | null {
  if (isOfEvaluation(rule) && (evaluation === undefined || evaluation === null)) return null;
  const numbers = allNumbers({ metrics, evaluation });
  const value = numbers.get(rule.metric);
  if (value !== undefined) return value;
  throw new StarlingError(
    'bad-run',
    `Cannot choose the best state: need the metric '${rule.metric}', got ${[...numbers.keys()].join(', ') || 'none'}${didYouMean(rule.metric, [...numbers.keys()])}`,
  );
}

/** All numbers of a round by their dotted names: `loss`, `evaluation.accuracy`. */
export function allNumbers({ metrics, evaluation }: Measured): ReadonlyMap<string, number> {
  return new Map([...numbersOf(metrics), ...numbersOf(evaluation, EVALUATION)]);
}

function numbersOf(value: unknown, name = ''): readonly (readonly [string, number])[] {
  if (typeof value === 'number' || typeof value === 'bigint') return [[name || 'value', Number(value)]];
  if (typeof value !== 'object' || value === null || Array.isArray(value) || isTensor(value)) return [];
  return Object.entries(value).flatMap(([field, inner]) =>
    numbersOf(inner, name === '' ? field : `${name}.${field}`),
  );
}

/** Throws a `RangeError` for an option that is unknown, missing or out of its range. */
export function checkBestRule(action: string, rule: BestRule): void {
  checkOptions(action, rule, {
    metric: required(kinds.text),
    goal: required(oneOf('highest', 'lowest')),
    target: numberWithin({}),
    patience: count,
    minDelta: numberWithin({ from: 0 }),
  });
}
