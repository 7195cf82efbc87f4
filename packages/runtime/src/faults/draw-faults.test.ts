import { seedFrom } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { createDrawFaults, type DrawnFaults } from './draw-faults.js';
import type { FaultsInput } from './fault-schema.js';
import { readFaults } from './read-faults.js';

const CLIENTS = 10_000;
const drawAll = (
  faults: FaultsInput,
  { seed = 1, round = 1, attempt = 1, phase = 0 } = {},
): readonly DrawnFaults[] => {
  const draw = createDrawFaults(readFaults(faults), seedFrom(seed));
  return Array.from({ length: CLIENTS }, (_, client) =>
    draw(client, `client-${client}`, { round, attempt, phase }),
  );
};
const whose = (drawn: readonly DrawnFaults[], is: (each: DrawnFaults) => boolean): readonly number[] =>
  drawn.flatMap((each, client) => (is(each) ? [client] : []));

/**
 * How many of 10,000 clients are drawn with probability p: binomial, 10,000 p with a standard deviation of
 * √(10,000 p (1 − p)); outside of five of them once in 1.7 million.
 */
function expectRate(count: number, p: number): void {
  expect(Math.abs(count - CLIENTS * p)).toBeLessThan(5 * Math.sqrt(CLIENTS * p * (1 - p)));
}

describe('createDrawFaults', () => {
  test('`createDrawFaults` draws each kind as often as its probability says', () => {
    const drawn = drawAll({
      dropouts: [{ probability: 0.1 }],
      crashes: [{ probability: 0.02 }],
      stragglers: [{ probability: 0.3, latency: { distribution: 'constant', ms: 5 } }],
      corrupt: [{ probability: 0.05, how: 'nan' }],
      byzantine: [{ probability: 0.2, how: 'zero' }],
      duplicates: [{ probability: 0.5 }],
    });
    const rate = (is: (each: DrawnFaults) => boolean, p: number) => expectRate(whose(drawn, is).length, p);
    rate(({ dropsOut }) => dropsOut, 0.1);
    rate(({ crashes }) => crashes, 0.02);
    rate(({ isStraggler, latencyMs }) => isStraggler && latencyMs === 5, 0.3);
    rate(({ corrupt }) => corrupt.length === 1, 0.05);
    rate(({ byzantine }) => byzantine.length === 1, 0.2);
    rate(({ isDuplicate }) => isDuplicate, 0.5);
    // Kinds are drawn apart: both of two happen as often as the product.
    rate(({ dropsOut, isDuplicate }) => dropsOut && isDuplicate, 0.05);
  });

  test('`createDrawFaults` draws nothing with probability 0, and everybody with 1', () => {
    expect(whose(drawAll({ dropouts: [{ probability: 0 }] }), ({ dropsOut }) => dropsOut)).toEqual([]);
    expect(whose(drawAll({ dropouts: [{}] }), ({ dropsOut }) => dropsOut)).toHaveLength(CLIENTS);
  });

  test('`createDrawFaults` keeps to the clients and rounds of a rule, by number or name', () => {
    const faults: FaultsInput = { crashes: [{ clients: [3, 'client-8'], rounds: { from: 2, to: 4 } }] };
    for (const [round, expected] of [
      [1, []],
      [2, [3, 8]],
      [4, [3, 8]],
      [5, []],
    ] as const) {
      expect(whose(drawAll(faults, { round }), ({ crashes }) => crashes)).toEqual(expected);
    }
  });

  test('`createDrawFaults` draws others with another seed, round, attempt and rule, and the same with the same', () => {
    const faults: FaultsInput = { dropouts: [{ probability: 0.5 }] };
    const of = (drawn: readonly DrawnFaults[]) => whose(drawn, ({ dropsOut }) => dropsOut);
    const first = of(drawAll(faults));
    expect(of(drawAll(faults))).toEqual(first);
    for (const other of [{ seed: 2 }, { round: 2 }, { attempt: 2 }]) {
      // Independent: both drop a client with probability 1/4.
      const both = of(drawAll(faults, other)).filter((client) => first.includes(client));
      expectRate(both.length, 0.25);
    }
    // One more rule changes nothing of the first.
    const two = of(drawAll({ dropouts: [{ probability: 0.5 }, { probability: 0.2 }] }));
    expect(first.filter((client) => !two.includes(client))).toEqual([]);
    expectRate(two.length, 1 - 0.5 * 0.8);
  });

  test('`createDrawFaults` has clients leave for good: those that are left are a power of what stay', () => {
    const faults: FaultsInput = { dropouts: [{ probability: 0.1, for: 'good', rounds: { from: 2, to: 6 } }] };
    const gone = (round: number) => whose(drawAll(faults, { round }), ({ dropsOut }) => dropsOut);
    const rounds = [1, 2, 4, 6, 9].map(gone);
    // Chances to leave so far: 0, 1, 3, 5 and, as the rule ends with round 6, 5.
    [0, 1, 3, 5, 5].forEach((chances, at) => void expectRateOrNone(rounds[at]!.length, 1 - 0.9 ** chances));
    for (let at = 1; at < rounds.length; at++)
      expect(rounds[at]).toEqual(expect.arrayContaining([...rounds[at - 1]!]));
    expect(rounds[4]).toEqual(rounds[3]);
    const attempts = drawAll(faults, { round: 4, attempt: 2 });
    expect(whose(attempts, ({ dropsOut }) => dropsOut)).toEqual(rounds[2]);
  });

  test('`createDrawFaults` adds the latencies of all rules that a client is drawn for', () => {
    const [client] = drawAll({
      stragglers: [
        { latency: { distribution: 'constant', ms: 5 } },
        { latency: { distribution: 'constant', ms: 20 } },
      ],
    });
    expect(client!.latencyMs).toBe(25);
  });

  test('`createDrawFaults` gives each phase an alteration of its own, and a client that lies all of them', () => {
    const faults: FaultsInput = { byzantine: [{ probability: 0.5, how: 'noise', stddev: 1 }] };
    const [one, other] = [drawAll(faults, { phase: 0 }), drawAll(faults, { phase: 1 })];
    const liars = whose(one, ({ byzantine }) => byzantine.length > 0);
    expect(whose(other, ({ byzantine }) => byzantine.length > 0)).toEqual(liars);
    expect(one[liars[0]!]!.byzantine).not.toEqual(other[liars[0]!]!.byzantine);
  });
});

function expectRateOrNone(count: number, p: number): void {
  if (p === 0) expect(count).toBe(0);
  else expectRate(count, p);
}
