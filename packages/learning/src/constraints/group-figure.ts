// What constraints say of groups: the rate of one, the worst of all, and how far they are apart. Values and intervals
// follow from the figures of an evaluation by group.
//
// The interval of a worst group goes from the worst of the groups' lower ends to the worst of their upper ends; so do
// those of differences and ratios, over all pairs. A limit that this holds, all groups hold, each by an interval of its
// own, which needs no correction for their number (Berger, "Multiparameter Hypothesis Testing and Acceptance Sampling",
// Technometrics 1982). The other way round there is none either: of many groups one may seem to fail by chance alone.
import {
  checkOptions,
  kinds,
  numberWithin,
  oneOf,
  optionError,
  required,
} from '@starling/federated-core/plan';
import { RATE_NAMES, RATE_RULES, type RateName } from '../fairness/rates.js';
import { type Figure, type Measurement, missing } from './figure.js';
import {
  differenceOf,
  type End,
  type Estimate,
  measurementOf,
  quotientOf,
  rateAt,
} from './group-estimates.js';
import { knownPlaces, noRate, openIn, type RateTable, tableOf } from './rate-table.js';

/** A rate by its name, or `recall`, which is the true positive rate. */
export type RateOrRecall = RateName | 'recall';

export interface AmongGroups {
  /** A column, or several whose combinations the evaluation has: `['sex', 'age']`. */
  readonly by: string | readonly string[];
  /** The threshold; may be left out where the evaluation has one alone. */
  readonly at?: number;
}

export interface BetweenGroups extends AmongGroups {
  /** What groups are compared with: each `other`, by default, or `overall`. */
  readonly to?: 'others' | 'overall';
}

export interface OfGroup {
  readonly by?: string | readonly string[];
  /** As the evaluation names it; without one, the rate of all examples. */
  readonly group?: string;
  readonly at?: number;
}

const ACTION = 'Cannot make a constraint';

/** A rate of one group, or of all examples. */
export function rate(name: RateOrRecall, { by, group, at }: OfGroup = {}): Figure {
  const [rule] = rateNames(name);
  checkThreshold(at);
  if ((group === undefined) !== (by === undefined)) {
    throw optionError(`${ACTION}: rate needs both by and group, or none of them, got one`);
  }
  const grouping = by === undefined ? null : groupingName(by);
  const of = grouping === null ? '' : ` of ${quoted(group as string)} by ${quoted(grouping)}`;
  return {
    text: `rate(${name}${of}${atText(at)})`,
    better: RATE_RULES[rule as RateName].better,
    measure: (figures) => {
      const found = tableOf(figures, grouping, at, rule as RateName);
      if (typeof found === 'string') return missing(found);
      const place = grouping === null ? 0 : found.names.indexOf(group as string, 1); // overall is no group
      const isWithheld = found.withheld.find((each) => each.group === group);
      if (isWithheld !== undefined) return withheldAlone(`${group} is withheld: ${isWithheld.reason}`);
      if (place < 0)
        return missing(`${grouping} has no group ${group}: there are ${found.names.slice(1).join(', ')}`);
      if (found.values[place] === null) return withheldAlone(noRate(found, place));
      return measurementOf([rateAt(found, place)], 'least', null);
    },
  };
}

/**
 * The worst rate of all groups: the least, of rates such as recall of which more is better, else the greatest. Not of
 * the selection rate, whose better end is not known.
 */
export function worst(name: RateOrRecall, options: AmongGroups): Figure {
  checkAmong(options, false);
  const [rule] = rateNames(name) as [RateName];
  const { better } = RATE_RULES[rule];
  if (better === null) {
    throw optionError(`${ACTION}: worst needs a rate that is better the higher or the lower, got ${name}`);
  }
  const { by, at } = options;
  return {
    text: `worst(${name} by ${quoted(groupingName(by))}${atText(at)})`,
    better,
    measure: (figures) => {
      const table = tableOf(figures, groupingName(by), at, rule);
      if (typeof table === 'string') return missing(table);
      const places = knownPlaces(table);
      const end = better === 'higher' ? 'least' : 'greatest';
      return measurementOf(
        places.map((place) => rateAt(table, place)),
        end,
        openIn(table),
      );
    },
  };
}

/**
 * How far groups are apart: the greatest difference of a rate between two of them, or to overall. Of several rates the
 * greatest of all: `gap('selectionRate', …)` is demographic parity, of the true positive rate equal opportunity, and of
 * `['truePositiveRate', 'falsePositiveRate']` equalised odds.
 */
export function gap(names: RateOrRecall | readonly RateOrRecall[], options: BetweenGroups): Figure {
  return between('gap', names, options, differenceOf, 'greatest');
}

/** As `gap`, the least quotient of a rate of one group and of another, or overall, the smaller one above. */
export function ratio(names: RateOrRecall | readonly RateOrRecall[], options: BetweenGroups): Figure {
  return between('ratio', names, options, quotientOf, 'least');
}

function between(
  kind: 'gap' | 'ratio',
  given: RateOrRecall | readonly RateOrRecall[],
  options: BetweenGroups,
  compare: (table: RateTable, one: number, other: number) => Estimate,
  end: End,
): Figure {
  checkAmong(options, true);
  const names = rateNames(given);
  const { by, at, to = 'others' } = options;
  const text = typeof given === 'string' ? given : given.join(', ');
  return {
    text: `${kind}(${text} by ${quoted(groupingName(by))}${atText(at)}${to === 'overall' ? ' to overall' : ''})`,
    better: kind === 'gap' ? 'lower' : 'higher',
    measure: (figures) => {
      const tables = names.map((name) => tableOf(figures, groupingName(by), at, name));
      const failed = tables.find((table) => typeof table === 'string');
      if (typeof failed === 'string') return missing(failed);
      const known = tables as readonly RateTable[];
      const estimates = known.flatMap((table) =>
        pairsOf(knownPlaces(table), to).map(([one, other]) => compare(table, one, other)),
      );
      const open = known.map(openIn).find((each) => each !== null) ?? null;
      if (estimates.length === 0 && open === null)
        return missing(`${text} needs two groups or more, got one`);
      const sound = estimates.filter(({ value }) => Number.isFinite(value));
      return measurementOf(sound, end, sound.length === 0 ? (open ?? `${text} is 0 in all groups`) : open);
    },
  };
}

/** Every two in both orders, or each with overall. */
function pairsOf(
  places: readonly number[],
  to: 'others' | 'overall',
): readonly (readonly [number, number])[] {
  if (to === 'overall') return places.flatMap((place) => [[place, 0] as const, [0, place] as const]);
  return places.flatMap((one) =>
    places.filter((other) => other !== one).map((other) => [one, other] as const),
  );
}

const withheldAlone = (open: string): Measurement => ({
  value: null,
  absent: null,
  open,
  where: '',
  interval: () => null,
});

function rateNames(given: RateOrRecall | readonly RateOrRecall[]): readonly RateName[] {
  const list = typeof given === 'string' ? [given] : given;
  kinds.list(ACTION, 'the rates', list);
  return list.map((name) => {
    oneOf(...RATE_NAMES, 'recall')(ACTION, 'a rate of groups', name);
    return name === 'recall' ? 'truePositiveRate' : name;
  });
}

function checkAmong(options: BetweenGroups, hasTo: boolean): void {
  checkOptions<BetweenGroups>(ACTION, options, {
    by: required(groupingCheck),
    at: thresholdCheck,
    to: hasTo
      ? oneOf('others', 'overall')
      : (action) => {
          throw optionError(`${action}: only gap and ratio compare, got 'to'`);
        },
  });
}

const thresholdCheck = numberWithin({ from: 0, to: 1 });

function checkThreshold(at: number | undefined): void {
  if (at !== undefined) thresholdCheck(ACTION, 'at', at);
}

const groupingCheck = (action: string, option: string, value: unknown): void => {
  if (Array.isArray(value)) for (const column of value) kinds.text(action, `a column of ${option}`, column);
  else kinds.text(action, option, value);
};

const groupingName = (by: string | readonly string[]): string => (typeof by === 'string' ? by : by.join('*'));

const atText = (at: number | undefined): string => (at === undefined ? '' : ` at ${at}`);

/** A name as it stands in the text of a constraint: in quotes where that could be read as something else. */
const quoted = (name: string): string =>
  /^"|[()]|(?:^|\s)(?:of|by|at|to)(?:\s|$)|^\s|\s$/.test(name) ? JSON.stringify(name) : name;
