// Clients with label mixes of their own, from alike to one-sided by one number: "each client's label distribution is
// drawn from a Dirichlet distribution" (Hsu, Qi, Brown, "Measuring the Effects of Non-Identical Data Distribution for
// Federated Visual Classification", 2019, section 3).
import { type Generator, generator } from '@starling/federated-core';
import { checkClients } from './check-clients.js';
import type { Partitioner } from './partitioner.js';

export interface DirichletPartitionOptions {
  readonly clients: number;
  /** Above 0; the mix of every client is that of the dataset as it grows, a single label as it falls. */
  readonly concentration: number;
}

/**
 * Gives each client as many rows as any other (give or take one), label by label as its mix says. The mix is drawn from
 * a Dirichlet distribution with parameters concentration × the share of each label in the dataset. A label that has
 * run out is left out of the mixes from then on.
 */
export function dirichletPartition({ clients, concentration }: DirichletPartitionOptions): Partitioner {
  checkClients('dirichlet', clients);
  if (!(Number.isFinite(concentration) && concentration > 0)) {
    throw new RangeError(
      `Cannot partition by dirichlet: concentration must be a finite number > 0, got ${concentration}`,
    );
  }
  return {
    name: 'dirichlet',
    clients,
    partition: (labels, seed) => {
      const random = generator(seed);
      const remaining = rowsByLabel(labels, random);
      const shares = remaining.map((rows) => rows.length / labels.length);
      return Array.from({ length: clients }, (_, client) => {
        const begin = Math.floor((client * labels.length) / clients);
        const end = Math.floor(((client + 1) * labels.length) / clients);
        const mix = shares.map((share) => gamma(concentration * share, random));
        return Int32Array.from({ length: end - begin }, () => {
          const label = draw(
            mix.map((weight, index) => ((remaining[index] as number[]).length > 0 ? weight : 0)),
            remaining.map((rows) => rows.length),
            random,
          );
          return (remaining[label] as number[]).pop() as number;
        });
      });
    },
  };
}

/** The rows of each label that occurs, in random order. */
function rowsByLabel(labels: ArrayLike<number>, random: Generator): readonly number[][] {
  const rows = new Map<number, number[]>();
  for (const row of random.permutation(labels.length)) {
    const label = labels[row] as number;
    const known = rows.get(label);
    if (known === undefined) rows.set(label, [row]);
    else known.push(row);
  }
  return [...rows].sort(([left], [right]) => left - right).map(([, list]) => list);
}

/** An index with probability proportional to `weights`; to `fallback` where all weights are 0. */
function draw(weights: readonly number[], fallback: readonly number[], random: Generator): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (total === 0) return draw(fallback, fallback, random);
  let left = random.uniform() * total;
  let last = 0;
  for (const [index, weight] of weights.entries()) {
    if (weight === 0) continue;
    last = index;
    left -= weight;
    if (left < 0) break;
  }
  return last;
}

/**
 * A draw from the gamma distribution of the given shape and scale 1 (Marsaglia, Tsang, "A Simple Method for Generating
 * Gamma Variables", ACM TOMS 2000); shapes below 1 by their footnote, gamma(shape + 1) · u^(1 / shape).
 */
function gamma(shape: number, random: Generator): number {
  if (shape < 1) return gamma(shape + 1, random) * random.uniform() ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = random.normal();
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - random.uniform()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}
