// The contract suite of populations: each one's test calls it.
import { checkValue } from '@starling/federated-core/plan';
import { describe, expect, test } from 'vitest';
import { countExamples } from './examples.js';
import type { Population } from './population.js';

/**
 * Tests the population that `make` makes, an equal one each time, of at least two clients. Call it at the top of a test
 * file, for a population of your own too:
 *
 *     import { populationContract } from '@starling/population/contract';
 *     import { diaries } from './diaries.js';
 *
 *     populationContract('diaries', () => diaries({ folder: 'test/diaries' }));
 *
 * `joinsEqual`: for one whose data has equal examples once, so that it loads fewer than it counts.
 */
export function populationContract(
  name: string,
  make: () => Population,
  { joinsEqual = false }: { readonly joinsEqual?: boolean } = {},
): void {
  describe(`${name} keeps the population contract`, () => {
    const population = make();
    const probes = [0, 1, population.size - 1];

    test('gives every client a stable, unique name', () => {
      const some = Array.from({ length: Math.min(population.size, 1000) }, (_, index) =>
        population.clientId(index),
      );
      expect(new Set(some).size).toBe(some.length);
      for (const index of probes) expect(make().clientId(index)).toBe(population.clientId(index));
    });

    test('gives the same client the same data every time', async () => {
      for (const index of probes) expect(await make().load(index)).toEqual(await population.load(index));
    });

    test('gives data of its type', async () => {
      for (const index of probes) checkValue(population.dataType, await population.load(index));
    });

    test('has a fingerprint of its own, the same every time', async () => {
      const fingerprint = await population.fingerprint();
      expect(fingerprint).toMatchObject({ name: population.name, size: population.size });
      expect(await make().fingerprint()).toEqual(fingerprint);
      expect(JSON.parse(JSON.stringify(fingerprint))).toEqual(fingerprint); // plain data
    });

    test('counts the examples that it loads', async () => {
      for (const index of probes) {
        const value = await population.load(index);
        const loaded = countExamples(population.dataType, value);
        if (joinsEqual) expect(population.exampleCount(index)).toBeGreaterThanOrEqual(loaded);
        else expect(population.exampleCount(index)).toBe(loaded);
      }
    });

    test('throws when the client does not exist', () => {
      const range = `its index must be from 0 to ${population.size - 1}, got ${population.size}`;
      expect(() => population.load(population.size)).toThrow(range);
      expect(() => population.clientId(population.size)).toThrow(range);
      expect(() => population.exampleCount(population.size)).toThrow(range);
      expect(() => population.load(-1)).toThrow('got -1');
    });
  });
}
