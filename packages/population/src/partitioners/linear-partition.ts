// Clients whose sizes grow with their number, client i having i units (linear in flwr-datasets, from which the
// definition is).
import { growingPartition } from './growing-partition.js';
import type { Partitioner } from './partitioner.js';

/**
 * Shuffles the rows and gives each client a share in proportion to its number: 1, 2, 3, … Sizes are rounded down; what
 * is left goes to the last. Throws a `RangeError` if a client would have none.
 */
export function linearPartition(options: { readonly clients: number }): Partitioner {
  return growingPartition('linear', options, (client) => client);
}
