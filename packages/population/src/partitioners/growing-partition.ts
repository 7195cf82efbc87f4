// Clients whose sizes grow with their number by a rule: what the linear, square and exponential partitioners share.
import { generator } from '@starling/federated-core';
import { checkOptions, count, required } from '@starling/federated-core/plan';
import { checkNoneEmpty, cutRows } from './cuts.js';
import type { Partitioner } from './partitioner.js';

/** `unitsOf` gives what client 1 … M of M clients has, in units that need not be rows. */
export function growingPartition(
  name: string,
  options: { readonly clients: number },
  unitsOf: (client: number, clients: number) => number,
): Partitioner {
  const action = `Cannot partition by ${name}`;
  checkOptions(action, options, { clients: required(count) });
  const { clients } = options;
  return {
    name,
    clients,
    partition: (labels, seed) => {
      const units = Array.from({ length: clients }, (_, client) => unitsOf(client + 1, clients));
      const total = units.reduce((sum, unit) => sum + unit, 0);
      const sizes = units.map((unit) => Math.floor((unit / total) * labels.length));
      const rest = labels.length - sizes.reduce((sum, size) => sum + size, 0);
      sizes[clients - 1] = (sizes[clients - 1] as number) + rest;
      checkNoneEmpty(action, sizes, `Of ${labels.length} rows, fewer clients have one each`);
      return cutRows(generator(seed).permutation(labels.length), sizes);
    },
  };
}
