// One rate of all groups, as the figures of an evaluation have it.
import {
  covarianceName,
  type GroupFigures,
  type GroupingFigures,
  type ThresholdFigures,
} from '../fairness/group-figures.js';
import { RATE_RULES, type RateName } from '../fairness/rates.js';
import { fieldIn } from './figure.js';

/** One rate of all groups at one threshold; overall first. */
export interface RateTable {
  readonly rate: RateName;
  readonly names: readonly string[];
  readonly values: readonly (number | null)[];
  readonly covariances: readonly (readonly (number | null)[])[] | null;
  readonly degrees: number;
  readonly withheld: readonly { readonly group: string; readonly reason: string }[];
}

/** Words where the evaluation has no such figures. */
export function tableOf(
  figures: unknown,
  grouping: string | null,
  at: number | undefined,
  rate: RateName,
): RateTable | string {
  const groups = fieldIn(figures, 'groups') as GroupFigures | undefined;
  if (groups === undefined) return 'rates of groups were not computed: evaluate by evaluationByGroup';
  const name = grouping ?? Object.keys(groups.by)[0];
  const own = groups.by[name as string] as GroupingFigures | undefined;
  if (own === undefined) {
    return `groups by ${name} were not computed: there are those by ${Object.keys(groups.by).join(', ')}`;
  }
  const thresholds = own.thresholds.map((each) => each.at);
  const found =
    at === undefined && thresholds.length === 1
      ? own.thresholds[0]
      : own.thresholds.find((each) => each.at === at);
  if (found === undefined) {
    const wanted = at === undefined ? 'need a threshold' : `rates at ${at} were not computed`;
    return `${wanted}: there ${thresholds.length === 1 ? 'is' : 'are'} ${thresholds.join(', ')}`;
  }
  return readTable(own, found, rate);
}

function readTable({ groups }: GroupingFigures, found: ThresholdFigures, rate: RateName): RateTable {
  const shown = groups.filter((each) => !('withheld' in each)).map(({ group }) => group);
  return {
    rate,
    names: ['overall', ...shown],
    values: [found.overall, ...shown.map((group) => found.groups[group]!)].map(({ rates }) => rates[rate]),
    covariances: found.uncertainty?.covariances[covarianceName(rate)] ?? null,
    degrees: found.uncertainty?.degrees ?? 0,
    withheld: groups.flatMap((each) =>
      'withheld' in each ? [{ group: each.group, reason: each.withheld }] : [],
    ),
  };
}

/** Those of groups that have the rate. */
export function knownPlaces({ values }: RateTable): readonly number[] {
  return values.map((_, place) => place).filter((place) => place > 0 && values[place] !== null);
}

export function openIn(table: RateTable): string | null {
  const withheld = table.withheld.map(({ group, reason }) => `${group} is withheld: ${reason}`);
  const without = table.values.flatMap((value, place) =>
    place > 0 && value === null ? [noRate(table, place)] : [],
  );
  return [...withheld, ...without].join('; ') || null;
}

export function noRate({ rate, names }: RateTable, place: number): string {
  return `${names[place]} has no ${RATE_RULES[rate].among}, and so no ${rate}`;
}
