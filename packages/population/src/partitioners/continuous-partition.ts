// Clients that differ in a number, such as an age or a temperature, from not at all to completely (the Continuous
// partitioner of flwr-datasets, from which the definition is).
import { generator } from '@starling/federated-core';
import {
  checkOptions,
  count,
  describeValue,
  numberWithin,
  optionError,
  required,
} from '@starling/federated-core/plan';
import { shuffled } from '../draws/shuffled.js';
import { checkRows, cutRows, evenSizes } from './cuts.js';
import type { Label, Partitioner } from './partitioner.js';

const ACTION = 'Cannot partition by continuous';

export interface ContinuousPartitionOptions {
  readonly clients: number;
  /** From 0, no difference, to 1: the first client has the smallest numbers, and so on. */
  readonly strictness: number;
}

/**
 * Labels are the numbers. Sorts rows by strictness · z + (1 − strictness) · ε, z being the number in standard
 * deviations from the mean and ε a standard normal draw, and deals them in runs as even as can be. Throws a
 * `RangeError` for a number that is not finite, for numbers that are all the same unless `strictness` is 0, and for
 * fewer rows than clients.
 */
export function continuousPartition(options: ContinuousPartitionOptions): Partitioner {
  checkOptions(ACTION, options, {
    clients: required(count),
    strictness: required(numberWithin({ from: 0, to: 1 })),
  });
  const { clients, strictness } = options;
  return {
    name: 'continuous',
    clients,
    partition: (labels, seed) => {
      checkRows(ACTION, labels.length, clients, 'as many clients');
      const random = generator(seed);
      const scores = standardized(labels, strictness).map(
        (z) => strictness * z + (1 - strictness) * random.normal(),
      );
      const order = Int32Array.from({ length: labels.length }, (_, row) => row).sort(
        (left, right) => (scores[left] as number) - (scores[right] as number) || left - right,
      );
      return cutRows(order, evenSizes(labels.length, clients)).map((rows) => shuffled(rows, random));
    },
  };
}

/** In standard deviations from the mean; zeros where nothing is asked of them. */
function standardized(labels: ArrayLike<Label>, strictness: number): Float64Array {
  const numbers = Float64Array.from({ length: labels.length }, (_, row) => {
    const label = labels[row];
    const number = typeof label === 'bigint' ? Number(label) : label;
    if (typeof number === 'number' && Number.isFinite(number)) return number;
    throw optionError(
      `${ACTION}: need a finite number for each row, got ${describeValue(label)} for row ${row}`,
    );
  });
  const mean = numbers.reduce((sum, number) => sum + number / numbers.length, 0);
  const variance = numbers.reduce((sum, number) => sum + (number - mean) ** 2 / numbers.length, 0);
  const isConstant = numbers.every((number) => number === numbers[0]);
  if (isConstant && strictness > 0) {
    throw optionError(`${ACTION}: need numbers that differ, or strictness 0, got ${numbers[0]} for all rows`);
  }
  const deviation = Math.sqrt(variance);
  return numbers.map((number) => (isConstant ? 0 : (number - mean) / deviation));
}
