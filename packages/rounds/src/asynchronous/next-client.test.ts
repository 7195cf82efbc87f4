import { seedFrom } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { amongPresent, inTurn } from './next-client.js';

const nobody = (): boolean => false;

describe('inTurn', () => {
  test('`inTurn` goes through one cohort after the other, and passes over who is busy', () => {
    const next = inTurn(9, (cohort) => (cohort === 2 ? [] : [cohort, 8, cohort + 3]));
    // Cohort 1 is 1, 8, 4; cohort 2 is empty; cohort 3 is 3, 8, 6.
    const busy = (client: number): boolean => client === 8;
    expect([1, 2, 3, 4].map(() => next(busy, 1, 0))).toEqual([1, 4, 3, 6]);
  });

  test('`inTurn` gives nobody where all are busy, and without looking where that is all of the population', () => {
    let drawn = 0;
    const next = inTurn(3, () => {
      drawn++;
      return [0, 1];
    });
    expect(next(() => true, 3, 0)).toBeNull();
    expect(drawn).toBe(0);
    expect(next((client) => client < 2, 2, 0)).toBeNull(); // the third is in no cohort
    expect(drawn).toBeGreaterThan(0);
  });
});

describe('amongPresent', () => {
  test('`amongPresent` gives each that is there and free equally often, by the number of the flight', () => {
    const next = amongPresent(new Set([7, 2, 5, 3]), seedFrom(1), 0);
    const counts = new Map<number, number>();
    for (let number = 1; number <= 3000; number++) {
      const client = next((one) => one === 3, 1, number)!;
      counts.set(client, (counts.get(client) ?? 0) + 1);
    }
    expect([...counts.keys()].sort()).toEqual([2, 5, 7]);
    // 1000 ± √(3000 · 1/3 · 2/3) = 25.8; five of these.
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(130);
  });

  test('`amongPresent` draws the same again, whatever the order in which clients came', () => {
    const one = amongPresent(new Set([1, 2, 3]), seedFrom(1), 4);
    const other = amongPresent(new Set([3, 1, 2]), seedFrom(1), 4);
    const draws = (next: typeof one) => [1, 2, 3, 4, 5, 6, 7, 8].map((number) => next(nobody, 0, number));
    expect(draws(one)).toEqual(draws(other));
    expect(draws(amongPresent(new Set([1, 2, 3]), seedFrom(1), 5))).not.toEqual(draws(one));
    expect(amongPresent(new Set(), seedFrom(1), 0)(nobody, 0, 1)).toBeNull();
  });
});
