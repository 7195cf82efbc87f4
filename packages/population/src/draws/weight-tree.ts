// Draws by weight without replacement, each in the logarithm of how many there are: a binary tree of sums.
import type { Generator } from '@starling/federated-core';

export interface WeightTree {
  /** How many have a weight above 0. */
  readonly positive: number;
  /**
   * `count` different indices, one after the other, each with probability proportional to its weight among those that
   * are left. `count` is at most `positive`. The tree is left as it was.
   */
  draw(count: number, random: Generator): readonly number[];
}

/** Takes time and memory in proportion to `size`, once. Weights are finite and at least 0, and so is their sum. */
export function weightTree(size: number, weightOf: (index: number) => number): WeightTree {
  const leaves = 2 ** Math.ceil(Math.log2(Math.max(1, size)));
  const sums = new Float64Array(2 * leaves);
  let positive = 0;
  for (let index = 0; index < size; index++) {
    const weight = weightOf(index);
    sums[leaves + index] = weight;
    if (weight > 0) positive++;
  }
  for (let node = leaves - 1; node >= 1; node--) sums[node] = sumBelow(sums, node);
  const set = (index: number, weight: number): void => {
    sums[leaves + index] = weight;
    for (let node = (leaves + index) >> 1; node >= 1; node >>= 1) sums[node] = sumBelow(sums, node);
  };
  const find = (random: Generator): number => {
    let left = random.uniform() * (sums[1] as number);
    let node = 1;
    while (node < leaves) {
      const [one, other] = [sums[2 * node] as number, sums[2 * node + 1] as number];
      // Rounding may lead to a side of which nothing is left.
      const isOne = other === 0 || (one > 0 && left < one);
      if (!isOne) left -= one;
      node = isOne ? 2 * node : 2 * node + 1;
    }
    return node - leaves;
  };
  return {
    positive,
    draw: (count, random) => {
      const drawn: (readonly [number, number])[] = [];
      for (let place = 0; place < count; place++) {
        const index = find(random);
        drawn.push([index, sums[leaves + index] as number]);
        set(index, 0);
      }
      for (const [index, weight] of drawn) set(index, weight);
      return drawn.map(([index]) => index);
    },
  };
}

function sumBelow(sums: Float64Array, node: number): number {
  return (sums[2 * node] as number) + (sums[2 * node + 1] as number);
}
