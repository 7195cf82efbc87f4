// Clients whose sizes grow with their number, client i having i² units (square in flwr-datasets, from which the
// definition is).
import { growingPartition } from './growing-partition.js';
import type { Partitioner } from './partitioner.js';

/**
 * Shuffles the rows and gives each client a share in proportion to the square of its number: 1, 4, 9, … Sizes are
 * rounded down; what is left goes to the last. Throws a `RangeError` if a client would have none.
 */
export function squarePartition(options: { readonly clients: number }): Partitioner {
  return growingPartition('square', options, (client) => client ** 2);
}
