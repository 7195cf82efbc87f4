// Clients whose sizes grow with their number, client i having e^i units (exponential in flwr-datasets, from which the
// definition is).
import { growingPartition } from './growing-partition.js';
import type { Partitioner } from './partitioner.js';

/**
 * Shuffles the rows and gives each client a share in proportion to e to the power of its number: e, e², e³, … Sizes are
 * rounded down; what is left goes to the last. Of M clients the first has about 0.63 · e^(1 − M) of the rows: 12
 * clients need some 100,000. Throws a `RangeError` if a client would have none.
 */
export function exponentialPartition(options: { readonly clients: number }): Partitioner {
  return growingPartition('exponential', options, (client, clients) => Math.exp(client - clients));
}
