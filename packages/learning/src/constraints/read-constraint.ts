// Constraints from text, as a command line has them: the same words that they print.
import { optionError } from '@starling/federated-core/plan';
import type { Constraint } from './constraint.js';
import { type Figure, type FigureOrName, worst10 } from './figure.js';
import { gap, type RateOrRecall, rate, ratio, worst } from './group-figure.js';
import { atLeast, atMost } from './limits.js';

const CONSTRAINT = /^(.+?)\s*(>=|<=)\s*(\S+?)(?:\s+with confidence\s+(\S+?))?(\s+or undecided)?$/;
/** A name as it is, or in quotes, as JSON has them, where it could be read as something else. */
const WORD = String.raw`"(?:[^"\\]|\\.)*"|[^"\s].*?`;
const CALL = new RegExp(
  String.raw`^(rate|worst|gap|ratio)\(\s*(.+?)(?:\s+of\s+(${WORD}))?(?:\s+by\s+(${WORD}))?(?:\s+at\s+(\S+?))?(\s+to overall)?\s*\)$`,
);
const WORST_CLIENTS = /^worst10(?:\(\s*([\w.]+)\s*\))?$/;
const NAME = /^[\w.-]+$/;

/**
 * `accuracy >= 0.9`, `worst10(accuracy) >= 0.7`, `worst(recall by sex at 0.5) >= 0.6`,
 * `gap(truePositiveRate, falsePositiveRate by sex at 0.5) <= 0.1 with confidence 0.95 or undecided`. A name with a word
 * of these stands in quotes: `rate(recall of "close by" by area) >= 0.6`. Throws a `RangeError` that says what is read.
 */
export function readConstraint(text: string): Constraint {
  const found = CONSTRAINT.exec(text.trim());
  if (found === null) throw unreadable(text);
  const [, figure, sign, limit, confidence, undecided] = found as unknown as readonly string[];
  const options = {
    ...(confidence === undefined ? {} : { confidence: numberIn(text, confidence) }),
    ...(undecided === undefined ? {} : { allowUndecided: true }),
  };
  const make = sign === '>=' ? atLeast : atMost;
  return make(readFigure(text, figure as string), numberIn(text, limit as string), options);
}

function readFigure(text: string, figure: string): FigureOrName {
  const ofClients = WORST_CLIENTS.exec(figure);
  if (ofClients !== null) return worst10(ofClients[1]);
  const call = CALL.exec(figure);
  if (call === null) {
    if (NAME.test(figure)) return figure;
    throw unreadable(text);
  }
  const [, kind, list, ofGroup, byColumn, at, toOverall] = call as unknown as readonly (string | undefined)[];
  const [group, by] = [unquoted(text, ofGroup), unquoted(text, byColumn)];
  const rates = (list as string).split(',').map((name) => name.trim()) as RateOrRecall[];
  const threshold = at === undefined ? {} : { at: numberIn(text, at) };
  const needsBy = (): string => {
    if (by === undefined || group !== undefined) throw unreadable(text);
    return by;
  };
  const comparing = { ...threshold, ...(toOverall === undefined ? {} : { to: 'overall' as const }) };
  const only = (): RateOrRecall => {
    if (rates.length > 1 || toOverall !== undefined) throw unreadable(text);
    return rates[0] as RateOrRecall;
  };
  const given = rates.length === 1 ? (rates[0] as RateOrRecall) : rates;
  const made: Readonly<Record<string, () => Figure>> = {
    rate: () =>
      rate(only(), {
        ...threshold,
        ...(by === undefined ? {} : { by }),
        ...(group === undefined ? {} : { group }),
      }),
    worst: () => worst(only(), { by: needsBy(), ...threshold }),
    gap: () => gap(given, { by: needsBy(), ...comparing }),
    ratio: () => ratio(given, { by: needsBy(), ...comparing }),
  };
  return (made[kind as string] as () => Figure)();
}

function unquoted(text: string, word: string | undefined): string | undefined {
  if (word?.startsWith('"') !== true) return word;
  try {
    return JSON.parse(word) as string;
  } catch {
    throw unreadable(text);
  }
}

function numberIn(text: string, word: string): number {
  const value = Number(word);
  if (word === '' || !Number.isFinite(value)) throw unreadable(text);
  return value;
}

function unreadable(text: string): RangeError {
  return optionError(
    `Cannot read a constraint: need one such as 'accuracy >= 0.9', 'worst10 >= 0.7' or 'gap(recall by sex at 0.5) <= 0.1 with confidence 0.95', got '${text}'`,
  );
}
