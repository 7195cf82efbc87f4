// The figures of groups: rates, and how uncertain they are, worked out at the server of the sums over clients. Plain
// data, which a record or an artifact holds as JSON, and which constraints read.
import { optionError } from '@starling/federated-core/plan';
import type { GroupCounts } from './group-counts.js';
import { type Grouping, type Groups, rowsOf } from './groups.js';
import { jackknife, type Part } from './jackknife.js';
import {
  CELLS,
  type Confusion,
  partsOfRate,
  RATE_NAMES,
  type RateName,
  type Rates,
  rateOf,
  ratesOf,
} from './rates.js';

export interface GroupFigures {
  /** Clients that have an example. */
  readonly clients: number;
  /** By the name of a grouping: a column, or several with `*` between them. */
  readonly by: { readonly [grouping: string]: GroupingFigures };
}

export interface GroupingFigures {
  /** In the order of the options. Groups that are not listed stand here if they have an example. */
  readonly groups: readonly (ShownGroup | WithheldGroup)[];
  readonly thresholds: readonly ThresholdFigures[];
}

export interface ShownGroup {
  readonly group: string;
  /** Those that have an example of the group. */
  readonly clients: number;
  readonly examples: number;
}

/** A group without figures, and why. */
export interface WithheldGroup {
  readonly group: string;
  readonly withheld: string;
}

export interface ThresholdFigures {
  readonly at: number;
  readonly overall: MeasuredGroup;
  /** Of the groups that are shown. */
  readonly groups: { readonly [group: string]: MeasuredGroup };
  /** `null` where too few clients were there for intervals. */
  readonly uncertainty: Uncertainty | null;
}

export interface MeasuredGroup extends Confusion {
  readonly rates: Rates;
}

export interface Uncertainty {
  /** Of Student's t distribution. */
  readonly degrees: number;
  /**
   * By rate the covariances, overall first, then of the groups that are shown, in their order; `null` where a rate is
   * none, also without some of the clients. Of a rate and 1 less it they are the same, so that one of the two stands
   * here.
   */
  readonly covariances: { readonly [rate: string]: readonly (readonly (number | null)[])[] };
}

/** One of each two rates that add up to 1. */
const COMPLEMENTS: Partial<Record<RateName, RateName>> = {
  trueNegativeRate: 'falsePositiveRate',
  falseNegativeRate: 'truePositiveRate',
  falseDiscoveryRate: 'precision',
};

/** By which rate the covariances of `rate` stand. */
export function covarianceName(rate: RateName): RateName {
  return COMPLEMENTS[rate] ?? rate;
}

/** The figures of counts; throws a `RangeError` if they are those of other groups. */
export function groupFigures(groups: Groups, counted: GroupCounts): GroupFigures {
  const { at, buckets } = groups;
  const shape = [buckets, rowsOf(groups), at.length, CELLS.length];
  if (`${counted.counts.shape}` !== `${shape}`) {
    throw optionError(
      `Cannot read counts of groups: need them as int32[${shape}], got int32[${counted.counts.shape}]`,
    );
  }
  const present = Array.from(counted.present.data as Int32Array);
  let row = 0;
  const by: Record<string, GroupingFigures> = {};
  for (const grouping of groups.groupings) {
    by[grouping.name] = figuresOf(groups, readRows(groups, grouping, counted, row), present);
    row += grouping.groups.length;
  }
  return { clients: sumOf(present), by };
}

/** Of one group: clients, and cells by bucket and threshold. */
interface CountedGroup {
  readonly group: string;
  readonly isListed: boolean;
  readonly clients: number;
  readonly cells: readonly (readonly Confusion[])[];
}

function readRows(
  groups: Groups,
  grouping: Grouping,
  { counts, clients }: GroupCounts,
  first: number,
): readonly CountedGroup[] {
  const { at, buckets } = groups;
  const rows = rowsOf(groups);
  const numbers = counts.data as Int32Array;
  return grouping.groups.map((group, index) => {
    const row = first + index;
    const cellsAt = (bucket: number, threshold: number): Confusion => {
      const start = ((bucket * rows + row) * at.length + threshold) * CELLS.length;
      return Object.fromEntries(
        CELLS.map((cell, place) => [cell, numbers[start + place]]),
      ) as unknown as Confusion;
    };
    const cells = range(buckets).map((bucket) => at.map((_, threshold) => cellsAt(bucket, threshold)));
    const all = range(buckets).map((bucket) => (clients.data as Int32Array)[bucket * rows + row] as number);
    return { group, isListed: grouping.isListed[index] as boolean, clients: sumOf(all), cells };
  });
}

function figuresOf(
  groups: Groups,
  counted: readonly CountedGroup[],
  present: readonly number[],
): GroupingFigures {
  const known = counted.filter((group) => group.isListed || examplesOf(group) > 0);
  const told = known.map((group) => shownOrWithheld(group, groups));
  const shown = known.filter((_, index) => !('withheld' in told[index]!));
  return {
    groups: told,
    thresholds: groups.at.map((at, threshold) => {
      const cellsOf = (of: readonly CountedGroup[], skip: number | null): Confusion =>
        addCells(
          of.flatMap(({ cells }) =>
            cells.filter((_, bucket) => bucket !== skip).map((each) => each[threshold]!),
          ),
        );
      // Each example is in one group, so that all of them are those of all groups.
      const parts = [counted, ...shown.map((group) => [group])];
      const all = parts.map((part) => cellsOf(part, null));
      const measured = all.map((cells) => ({ ...cells, rates: ratesOf(cells) }));
      const without = range(present.length)
        .filter((bucket) => (present[bucket] as number) > 0)
        .map((bucket) => ({
          clients: present[bucket] as number,
          cells: parts.map((part) => cellsOf(part, bucket)),
        }));
      return {
        at,
        overall: measured[0] as MeasuredGroup,
        groups: Object.fromEntries(
          shown.map(({ group }, index) => [group, measured[index + 1] as MeasuredGroup]),
        ),
        uncertainty: uncertaintyOf(all, without),
      };
    }),
  };
}

function shownOrWithheld(
  group: CountedGroup,
  { minClients, minExamples }: Groups,
): ShownGroup | WithheldGroup {
  const examples = examplesOf(group);
  if (examples === 0) return { group: group.group, withheld: 'no client has an example of it' };
  if (group.clients < minClients) {
    return { group: group.group, withheld: `fewer than ${minClients} clients have an example of it` };
  }
  if (examples < minExamples) {
    return { group: group.group, withheld: `it has fewer than ${minExamples} examples` };
  }
  return { group: group.group, clients: group.clients, examples };
}

interface WithoutPart {
  readonly clients: number;
  /** Of overall and each group, without the part. */
  readonly cells: readonly Confusion[];
}

function uncertaintyOf(all: readonly Confusion[], without: readonly WithoutPart[]): Uncertainty | null {
  if (without.length < 2) return null;
  const covariances = RATE_NAMES.filter((rate) => covarianceName(rate) === rate).map((rate) => {
    const parts: readonly Part[] = without.map(({ clients, cells }) => ({
      clients,
      without: cells.map((each) => rateOf(rate, each)),
    }));
    const found = jackknife(
      all.map((cells) => rateOf(rate, cells)),
      parts,
    );
    const floored = found.map((line, row) =>
      line.map((each, column) =>
        row === column && each !== null ? Math.max(each, leastVariance(rate, all[row]!)) : each,
      ),
    );
    return [rate, floored] as const;
  });
  return { degrees: without.length - 1, covariances: Object.fromEntries(covariances) };
}

/**
 * Of independent examples, two of which are added on both sides (Agresti, Coull, "Approximate is Better than Exact",
 * The American Statistician 1998): examples of one client are no less alike, and 0 of 10 is not known to be 0.
 */
function leastVariance(rate: RateName, cells: Confusion): number {
  const [part, whole] = partsOfRate(rate, cells);
  const share = (part + 2) / (whole + 4);
  return (share * (1 - share)) / (whole + 4);
}

function addCells(list: readonly Confusion[]): Confusion {
  const sums = CELLS.map((cell) => [cell, list.reduce((sum, cells) => sum + cells[cell], 0)] as const);
  return Object.fromEntries(sums) as unknown as Confusion;
}

function examplesOf({ cells }: CountedGroup): number {
  return cells.reduce((sum, [first]) => sum + CELLS.reduce((all, cell) => all + first![cell], 0), 0);
}

const sumOf = (list: readonly number[]): number => list.reduce((sum, each) => sum + each, 0);
const range = (length: number): readonly number[] => Array.from({ length }, (_, index) => index);
