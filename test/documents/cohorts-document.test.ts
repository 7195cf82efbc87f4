// docs/cohorts.md has every sampler that there is, and no other, with its options and the scheme that it tells.
import * as population from '@starling/population';
import { dayAndNight, participationOf } from '@starling/population';
import { expect, test } from 'vitest';
import { readText } from '../support/repository.js';

const makers = new Map<string, unknown>(Object.entries(population));
const rows = [
  ...readText('docs/cohorts.md').matchAll(/^\| `(\w+Sampler)` \| ([^|]+) \| [^|]+ \| `([\w-]+)`/gm),
].map(([, name, options, scheme]) => ({ name: name as string, options: options as string, scheme }));

/** Enough of each option to make any sampler of. */
const values = {
  cohortSize: 2,
  expectedCohortSize: 2,
  weightOf: () => 1,
  availability: dayAndNight(),
  candidates: 3,
  watches: 'losses',
};

test('docs/cohorts.md has every sampler, with its options and scheme', () => {
  const exported = [...makers.keys()].filter((name) => name.endsWith('Sampler'));
  expect(rows.map(({ name }) => name).sort()).toEqual([...exported].sort());
  for (const { name, options, scheme } of rows) {
    const make = makers.get(name) as (options: object) => population.CohortSampler;
    const said = [...options.matchAll(/`(\w+)`/g)].map(([, option]) => option as string);
    expect(() => make({ noSuchOption: 1 }), name).toThrow(
      said.length === 0 ? 'need no options' : `need options { ${said.join(', ')} }`,
    );
    const given = Object.fromEntries(Object.entries(values).filter(([option]) => said.includes(option)));
    expect(participationOf(make(given), 10).scheme, name).toBe(scheme);
  }
});
