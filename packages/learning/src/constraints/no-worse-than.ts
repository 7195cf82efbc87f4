// A figure held against that of another model, such as the one that is in use.
import { checkOptions, numberWithin, oneOf, optionError } from '@starling/federated-core/plan';
import type { Constraint, ConstraintResult } from './constraint.js';
import { type FigureOrName, figureOf, type Measurement } from './figure.js';
import { shortNumber } from './group-estimates.js';
import { SLACK } from './limits.js';

export interface NoWorseOptions {
  /** By how much the figure may be worse; 0 by default. Below 0 it must be better by that. */
  readonly absolute?: number;
  /**
   * The same as a share of the baseline; both must hold where both are given. Of a baseline of 0 there is none, and the
   * constraint is violated.
   */
  readonly relative?: number;
  /**
   * Which values are better. By default lower where a part of the name ends in loss, error, perplexity, deviation or
   * variance, higher of other metrics; and as a rate has it.
   */
  readonly better?: 'higher' | 'lower';
}

/** `baseline`: the figures of an evaluation of the other model. The same value passes. */
export function noWorseThan(baseline: unknown, of: FigureOrName, options: NoWorseOptions = {}): Constraint {
  const action = 'Cannot make a constraint';
  checkOptions(action, options, {
    absolute: numberWithin({}),
    relative: numberWithin({}),
    better: oneOf('higher', 'lower'),
  });
  const figure = figureOf(of);
  const better = options.better ?? figure.better;
  if (better === null) {
    throw optionError(`${action}: need better, 'higher' or 'lower', for ${figure.text}, got none`);
  }
  const { relative, absolute = relative === undefined ? 0 : undefined } = options;
  const bound = better === 'higher' ? 'atLeast' : 'atMost';
  const sign = better === 'higher' ? 1 : -1;
  const before = figure.measure(baseline, bound);
  const allowed = [
    ...(absolute === undefined ? [] : [`${absolute}`]),
    ...(relative === undefined ? [] : [`${relative} of it`]),
  ].join(' and ');
  const text = `${figure.text} no worse than ${before.value === null ? 'a baseline' : shortNumber(before.value)} by more than ${allowed}`;
  return { text, check };

  function check(figures: unknown): ConstraintResult {
    const after = figure.measure(figures, bound);
    const limit = before.value === null ? null : limitOf(before.value);
    const result = (outcome: ConstraintResult['outcome'], reason: string): ConstraintResult => ({
      constraint: text,
      outcome,
      passes: outcome === 'held',
      value: after.value,
      low: null,
      high: null,
      limit,
      reason,
    });
    const unfit = unfitIn(before, 'the baseline: ') ?? unfitIn(after, '');
    if (unfit !== null) return result(unfit.outcome, unfit.words);
    if (relative !== undefined && Math.abs(before.value as number) < SLACK) {
      return result('violated', `${figure.text} of the baseline is 0, of which there is no share`);
    }
    const words = `${figure.text} is ${shortNumber(after.value as number)}, needs ${better === 'higher' ? '>=' : '<='} ${shortNumber(limit as number)}`;
    const isWorse = sign * ((after.value as number) - (limit as number)) < -SLACK;
    const open = after.open ?? before.open;
    if (isWorse) return result('violated', words);
    return open === null ? result('held', words) : result('undecided', `${words}; ${open}`);
  }

  /** The worst value that passes: by each of the two. */
  function limitOf(value: number): number {
    const limits = [
      ...(absolute === undefined ? [] : [value - sign * absolute]),
      ...(relative === undefined ? [] : [value - sign * relative * Math.abs(value)]),
    ];
    return better === 'higher' ? Math.max(...limits) : Math.min(...limits);
  }
}

function unfitIn(
  { value, absent, open }: Measurement,
  whose: string,
): { readonly outcome: 'violated' | 'undecided'; readonly words: string } | null {
  if (absent !== null) return { outcome: 'violated', words: `${whose}${absent}` };
  return value === null ? { outcome: 'undecided', words: `${whose}${open}` } : null;
}
