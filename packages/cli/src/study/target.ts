// The target of a study: a metric and the value that it has to reach, of which the report tells after how many rounds
// and bytes each line of the study has got there.
import { oneOf, UsageError } from '../errors/usage-error.js';

export interface Target {
  /** Dotted, or its last part. */
  readonly metric: string;
  readonly goal: 'at least' | 'at most';
  readonly value: number;
}

/** Of which less is better. */
const LESS_IS_BETTER = /(?:loss|error|perplexity|mse|mae)$/i;

/** `accuracy=0.9`, `loss=0.3`, or with `>=` or `<=`; throws a `UsageError` for what is none. */
export function readTarget(text: string): Target {
  const [, metric, sign, number] = /^([^<>=]+)(=|>=|<=)(.+)$/.exec(text) ?? [];
  const value = Number(number);
  const isWhole = metric !== undefined && sign !== undefined && number !== undefined;
  if (!isWhole || number.trim() === '' || !Number.isFinite(value)) {
    throw new UsageError(
      `Cannot read --target: it must be metric=number, metric>=number or metric<=number, got '${text}'`,
    );
  }
  return targetOf(metric, value, sign);
}

/** At most, of metrics such as a loss; at least, of all others. */
function targetOf(metric: string, value: number, sign: string): Target {
  const isLess = sign === '<=' || (sign === '=' && LESS_IS_BETTER.test(metric));
  return { metric, goal: isLess ? 'at most' : 'at least', value };
}

/** The full name of the metric that is meant, of those that a run reports; throws a `UsageError` unless it is one. */
export function metricOf({ metric }: Target, names: readonly string[]): string {
  if (names.includes(metric)) return metric;
  const [one, ...others] = names.filter((name) => name.endsWith(`.${metric}`));
  if (one !== undefined && others.length === 0) return one;
  const need = one === undefined ? oneOf(names) : `one of ${oneOf([one, ...others])}`;
  throw new UsageError(`Cannot have a target of ${metric}: need ${need}, got '${metric}'`);
}

export function isReached({ goal, value }: Target, actual: number): boolean {
  return goal === 'at least' ? actual >= value : actual <= value;
}

/** `accuracy ≥ 0.9`. */
export function targetText({ goal, value }: Target, metric: string): string {
  return `${metric} ${goal === 'at least' ? '≥' : '≤'} ${value}`;
}
