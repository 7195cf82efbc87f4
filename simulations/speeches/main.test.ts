import { inProcessRuntime, runRounds } from '@starling/runtime';
import { describe, expect, test } from 'vitest';
import { addresses, CHARACTERS, numberOf, STRETCH } from './addresses.js';
import speeches from './main.js';

const columnOf = async (client: number, name: 'x' | 'y'): Promise<Uint8Array> => {
  const { columns } = await addresses().rows(client);
  return (columns as unknown as Record<typeof name, { readonly data: Uint8Array }>)[name].data;
};

describe('addresses', () => {
  test('are of 43 presidents, each of whom keeps what he said', () => {
    const population = addresses();
    // (characters − 1) / 80 of each address, rounded down: counted by a script of its own.
    expect(population.size).toBe(43);
    expect(population.clientId(0)).toBe('George Washington');
    expect(population.exampleCount(0)).toBe(1168);
    const counts = Array.from({ length: 43 }, (_, index) => population.exampleCount(index));
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(134_375);
    expect(Math.max(...counts)).toBe(11_614);
  });

  test('ask for the character after each, across the ends of stretches', async () => {
    const [x, y] = [await columnOf(0, 'x'), await columnOf(0, 'y')];
    const opening = 'Fellow-Citizens of the Senate and House of Representatives: In meeting you again';
    expect(opening.length).toBe(STRETCH);
    expect([...x.subarray(0, STRETCH)]).toEqual([...opening].map((each) => numberOf(each.charCodeAt(0))));
    expect([...y.subarray(0, STRETCH - 1)]).toEqual([...x.subarray(1, STRETCH)]);
    expect(y[STRETCH - 1]).toBe(x[STRETCH]);
  });
});

test('`numberOf` has a number for each printable character, and 0 for all others', () => {
  expect([' ', '!', '~', '’', '\n'].map((each) => numberOf(each.charCodeAt(0)))).toEqual([1, 2, 95, 0, 0]);
  expect(CHARACTERS).toBe(96);
});

describe('speeches', () => {
  test('learns more than that a space is the most frequent character', { timeout: 60_000 }, async () => {
    const setup = await speeches.build(speeches.options.parse({ cohort: 4 }));
    const { evaluation } = await runRounds({ ...setup, rounds: 10, runtime: inProcessRuntime(), seed: 1 });
    // Of all characters 16.7 % are spaces, which is all that the first rounds learn.
    expect((evaluation as unknown as { readonly accuracy: number }).accuracy).toBeGreaterThan(0.2);
  });
});
