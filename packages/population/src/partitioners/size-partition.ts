// Clients of sizes that the user gives.
import { generator } from '@starling/federated-core';
import { checkOptions, required } from '@starling/federated-core/plan';
import { checkRows, cutRows } from './cuts.js';
import { rowCounts } from './option-checks.js';
import type { Partitioner } from './partitioner.js';

const ACTION = 'Cannot partition by size';

/**
 * Shuffles the rows and gives client i the next `sizes[i]`, each at least 1. Rows beyond their sum are left out. Throws
 * a `RangeError` if there are fewer.
 */
export function sizePartition(options: { readonly sizes: readonly number[] }): Partitioner {
  checkOptions(ACTION, options, { sizes: required(rowCounts) });
  const { sizes } = options;
  const need = sizes.reduce((sum, size) => sum + size, 0);
  return {
    name: 'size',
    clients: sizes.length,
    partition: (labels, seed) => {
      checkRows(ACTION, labels.length, need, 'the sum of sizes');
      return cutRows(generator(seed).permutation(labels.length), sizes);
    },
  };
}
