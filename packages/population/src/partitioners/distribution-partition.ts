// Clients with a few labels each, and of each label as many rows as a distribution of the user's says: how FedProx cuts
// its data by a power law (Li, Sahu, Zaheer, Sanjabi, Talwalkar, Smith, "Federated Optimization in Heterogeneous
// Networks", MLSys 2020, and its code).
import { type Generator, generator } from '@starling/federated-core';
import {
  checkOptions,
  count,
  kinds,
  numberWithin,
  optionError,
  required,
} from '@starling/federated-core/plan';
import { adjacentHolders } from './adjacent-labels.js';
import { checkNoneEmpty, cutRows, mixed } from './cuts.js';
import { nonNegativeRows } from './option-checks.js';
import type { Label, Partitioner } from './partitioner.js';
import { type LabelRows, rowsByLabel } from './rows-by-label.js';

const ACTION = 'Cannot partition by distribution';

export interface DistributionPartitionOptions {
  readonly clients: number;
  /** Client i has labels i, i + 1, … modulo their number, in ascending order. */
  readonly labelsPerClient: number;
  /**
   * A row for each label, ascending, with a number for each client that has it, in their order: for k labels, where k
   * divides `clients`, `labelsPerClient` × `clients` / k numbers. Finite and at least 0.
   */
  readonly distribution: readonly (readonly number[])[];
  /** Rows of each of its labels that a client has before the rest is divided. Default 0; not without `rescale`. */
  readonly minRowsPerLabel?: number;
  /** Whether the numbers of a label are proportions (the default), or rows, rounded down. */
  readonly rescale?: boolean;
}

/**
 * Divides the rows of each label among the clients that have it, as `distribution` says: in proportion and rounded
 * down, what is left going to one of them at random; or, without `rescale`, by the numbers themselves, and then what is
 * left is left out. Rows of a label that no client has are left out. Throws a `RangeError` for a distribution of
 * another shape, for too few rows of a label, and if a client has none.
 */
export function distributionPartition(options: DistributionPartitionOptions): Partitioner {
  checkOptions(ACTION, options, {
    clients: required(count),
    labelsPerClient: required(count),
    distribution: required(nonNegativeRows),
    minRowsPerLabel: numberWithin({ whole: true, from: 0 }),
    rescale: kinds.flag,
  });
  const { clients, labelsPerClient, distribution, minRowsPerLabel = 0, rescale = true } = options;
  if (!rescale && minRowsPerLabel > 0) {
    throw optionError(`${ACTION}: minRowsPerLabel must be 0 without rescale, got ${minRowsPerLabel}`);
  }
  return {
    name: 'distribution',
    clients,
    partition: (labels, seed) => {
      const random = generator(seed);
      const given = { clients, labelsPerClient, minRowsPerLabel, rescale };
      return dealtByLabel(ACTION, labels, given, () => distribution, random);
    },
  };
}

/**
 * The parts of `distributionPartition`. `distributionOf` is asked once it is known which clients have which label.
 */
export function dealtByLabel(
  action: string,
  labels: ArrayLike<Label>,
  options: Required<Omit<DistributionPartitionOptions, 'distribution'>>,
  distributionOf: (holders: readonly (readonly number[])[]) => readonly (readonly number[])[],
  random: Generator,
): readonly Int32Array[] {
  const { clients, labelsPerClient } = options;
  const groups = rowsByLabel(action, labels, random);
  if (groups.length < labelsPerClient) {
    throw optionError(`${action}: need ${labelsPerClient} labels for each client, got ${groups.length}`);
  }
  const holders = adjacentHolders(groups.length, options);
  const distribution = distributionOf(holders);
  if (distribution.length !== groups.length) {
    throw optionError(
      `${action}: distribution must have a row for each of ${groups.length} labels, got ${distribution.length}`,
    );
  }
  const hands = Array.from({ length: clients }, (): Int32Array[] => []);
  for (const [index, group] of groups.entries()) {
    const own = holders[index] as readonly number[];
    const numbers = distribution[index] as readonly number[];
    if (numbers.length !== own.length) {
      throw optionError(
        `${action}: distribution[${index}] must have a number for each of ${own.length} clients with label ${group.label}, got ${numbers.length}`,
      );
    }
    const sizes = own.length === 0 ? [] : sizesOf(action, group, numbers, options, random);
    const pieces = cutRows(Int32Array.from(group.rows), sizes);
    for (const [place, client] of own.entries()) hands[client]!.push(pieces[place] as Int32Array);
  }
  const sizes = hands.map((pieces) => pieces.reduce((sum, { length }) => sum + length, 0));
  checkNoneEmpty(action, sizes, 'Raise its numbers, or minRowsPerLabel');
  return hands.map((pieces) => mixed(pieces, random));
}

/** How many rows of a label each client has that has it. */
function sizesOf(
  action: string,
  { label, rows }: LabelRows,
  numbers: readonly number[],
  { minRowsPerLabel, rescale }: { readonly minRowsPerLabel: number; readonly rescale: boolean },
  random: Generator,
): readonly number[] {
  const total = numbers.reduce((sum, number) => sum + number, 0);
  const reserved = minRowsPerLabel * numbers.length;
  const need = rescale ? reserved : numbers.reduce((sum, number) => sum + Math.floor(number), 0);
  if (rows.length < need) {
    throw optionError(`${action}: need at least ${need} rows of label ${label}, got ${rows.length}`);
  }
  if (!rescale) return numbers.map(Math.floor);
  if (!(total > 0 && Number.isFinite(total))) {
    throw optionError(`${action}: the numbers of label ${label} must have a finite sum > 0, got ${total}`);
  }
  const sizes = numbers.map(
    (number) => minRowsPerLabel + Math.floor((number / total) * (rows.length - reserved)),
  );
  const lucky = random.below(sizes.length);
  sizes[lucky] = (sizes[lucky] as number) + rows.length - sizes.reduce((sum, size) => sum + size, 0);
  return sizes;
}
