// The privacy of votes against sums over binomials, by another way.
import { describe, expect, test } from 'vitest';
import { levelDelta, trieEpsilon } from './trie-privacy.js';

/** Pascal's triangle. */
function choose(n: number, k: number): number {
  if (k < 0 || k > n) return 0;
  let row = [1];
  for (let at = 0; at < n; at++)
    row = [1, ...row.slice(1).map((one, left) => one + (row[left] as number)), 1];
  return row[k] as number;
}

/** That at least `threshold` of n clients vote. */
const keptOf = (n: number, share: number, threshold: number): number =>
  Array.from({ length: n + 1 }, (_, votes) =>
    votes < threshold ? 0 : choose(n, votes) * share ** votes * (1 - share) ** (n - votes),
  ).reduce((sum, one) => sum + one, 0);

describe('levelDelta', () => {
  test('is the largest excess over all numbers of clients, by binomials', () => {
    for (const [share, threshold, epsilon] of [
      [0.5, 2, 0],
      [0.5, 2, Math.LN2],
      [0.2, 3, 0.5],
      [0.1, 4, 1],
    ] as const) {
      const excesses = Array.from(
        { length: 60 },
        (_, k) => keptOf(k + 1, share, threshold) - Math.exp(epsilon) * keptOf(k, share, threshold),
      );
      expect(levelDelta(share, threshold, epsilon)).toBeCloseTo(Math.max(...excesses), 12);
    }
  });

  test('of half the clients and two votes is a quarter: two clients that both vote', () => {
    // q(1) = 0, q(2) = 1/4, q(3) = 1/2, q(4) = 11/16.
    expect(levelDelta(0.5, 2, 0)).toBeCloseTo(0.25, 12);
    expect(levelDelta(0.5, 2, Math.LN2)).toBeCloseTo(0.25, 12);
  });
});

describe('trieEpsilon', () => {
  test('holds its δ, and a smaller ε does not', () => {
    for (const votes of [
      { share: 0.02, threshold: 10, levels: 8 },
      { share: 0.05, threshold: 5, levels: 3 },
    ]) {
      const epsilon = trieEpsilon(votes, 1e-6) as number;
      const delta = (one: number) =>
        votes.levels * levelDelta(votes.share, votes.threshold, one / votes.levels);
      expect(delta(epsilon)).toBeLessThanOrEqual(1e-6);
      expect(delta(0.99 * epsilon)).toBeGreaterThan(1e-6);
    }
  });

  test('falls with the share and with the threshold', () => {
    const of = (share: number, threshold: number) =>
      trieEpsilon({ share, threshold, levels: 4 }, 1e-5) as number;
    expect(of(0.02, 10)).toBeLessThan(of(0.04, 10));
    expect(of(0.02, 12)).toBeLessThan(of(0.02, 10));
  });

  test('is nothing where all vote, and where δ is less than that the least number of clients all vote', () => {
    expect(trieEpsilon({ share: 1, threshold: 10, levels: 4 }, 1e-6)).toBeNull();
    // 0.5^4 = 1/16 at one level.
    expect(trieEpsilon({ share: 0.5, threshold: 4, levels: 1 }, 0.06)).toBeNull();
    expect(trieEpsilon({ share: 0.5, threshold: 4, levels: 1 }, 0.07)).not.toBeNull();
  });
});
