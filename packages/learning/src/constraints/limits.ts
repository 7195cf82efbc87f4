// A figure held against a number: by the figure itself, or by the interval in which it lies.
import {
  type Check,
  checkOptions,
  hasMethods,
  kinds,
  numberWithin,
  ofKind,
} from '@starling/federated-core/plan';
import type { Constraint, ConstraintResult, Outcome } from './constraint.js';
import { type Bound, type FigureOrName, figureOf, type Measurement } from './figure.js';
import { shortNumber } from './group-estimates.js';

export interface LimitOptions {
  /**
   * Where given, the limit is held by the whole interval of this confidence, such as 0.95, or it is violated by the
   * whole of it; in between it is undecided. By default the figure itself decides.
   */
  readonly confidence?: number;
  /** Whether an undecided constraint lets a model pass; false by default. */
  readonly allowUndecided?: boolean;
}

/** `figure`, or the metric of that name, must be this or more: `atLeast('accuracy', 0.9)`. */
export function atLeast(figure: FigureOrName, limit: number, options: LimitOptions = {}): Constraint {
  return limitOn('atLeast', figure, limit, options);
}

/** `figure`, or the metric of that name, must be this or less: `atMost(gap('recall', { by: 'sex' }), 0.1)`. */
export function atMost(figure: FigureOrName, limit: number, options: LimitOptions = {}): Constraint {
  return limitOn('atMost', figure, limit, options);
}

/** What lacks a figure violates the constraint; a promise or a function has given nothing yet. */
const figuresKind: Check = ofKind({
  need: 'what an evaluation gave, such as { accuracy: 0.9 }',
  fits: (value) => typeof value !== 'function' && !hasMethods(value, ['then']),
});

/** Figures are quotients, and differences of them: 0.4 − 0.3 is a limit of 0.1. */
export const SLACK = 1e-9;

function limitOn(bound: Bound, of: FigureOrName, limit: number, options: LimitOptions): Constraint {
  const action = 'Cannot make a constraint';
  numberWithin({})(action, 'the limit', limit);
  checkOptions(action, options, {
    confidence: numberWithin({ above: 0, below: 1 }),
    allowUndecided: kinds.flag,
  });
  const { confidence, allowUndecided = false } = options;
  const figure = figureOf(of);
  const sign = bound === 'atLeast' ? '>=' : '<=';
  const withConfidence = confidence === undefined ? '' : ` with confidence ${confidence}`;
  const text = `${figure.text} ${sign} ${limit}${withConfidence}${allowUndecided ? ' or undecided' : ''}`;
  const meets = (value: number): boolean =>
    bound === 'atLeast' ? value >= limit - SLACK : value <= limit + SLACK;

  return { text, check };

  function check(figures: unknown): ConstraintResult {
    figuresKind(`Cannot check ${text}`, 'figures', figures);
    const measured = figure.measure(figures, bound);
    const interval = confidence === undefined ? null : measured.interval(confidence);
    const { low, high } = interval ?? { low: null, high: null };
    const decided = decide(measured, interval);
    const { outcome, words } = decided;
    return {
      constraint: text,
      outcome,
      passes: outcome === 'held' || (outcome === 'undecided' && allowUndecided),
      value: measured.value,
      low,
      high,
      limit,
      reason: words,
    };
  }

  function decide(
    measured: Measurement,
    interval: { readonly low: number; readonly high: number } | null,
  ): { readonly outcome: Outcome; readonly words: string } {
    const { value, absent, open } = measured;
    if (absent !== null) return { outcome: 'violated', words: absent };
    if (value === null) return { outcome: 'undecided', words: open as string };
    const words = `${figure.text} is ${valueWords(measured, interval)}, needs ${sign} ${limit}`;
    const unknown = open === null ? '' : `; ${open}`;
    if (confidence === undefined) {
      if (!meets(value)) return { outcome: 'violated', words };
      return { outcome: open === null ? 'held' : 'undecided', words: `${words}${unknown}` };
    }
    if (interval === null) {
      return { outcome: 'undecided', words: `${words}, and how certain it is, is not known${unknown}` };
    }
    const [worse, better] =
      bound === 'atLeast' ? [interval.low, interval.high] : [interval.high, interval.low];
    if (!meets(better)) return { outcome: 'violated', words };
    return { outcome: meets(worse) && open === null ? 'held' : 'undecided', words: `${words}${unknown}` };
  }
}

function valueWords(
  { value, where }: Measurement,
  interval: { readonly low: number; readonly high: number } | null,
): string {
  const of = where === '' ? '' : ` (${where})`;
  const range =
    interval === null ? '' : `, within ${shortNumber(interval.low)} to ${shortNumber(interval.high)}`;
  return `${shortNumber(value as number)}${of}${range}`;
}
