import { atClients, federatedComputation, federatedSum, int32, toValue } from '@starling/federated-core';
import { populationOf, uniformSampler } from '@starling/population';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { defineFederation } from './federation.js';

const build = () => {
  throw new Error('not run');
};

test('`defineFederation` gives the federation back when every option has a default', () => {
  const federation = {
    name: 'one',
    description: 'One.',
    options: z.object({ clients: z.number().default(4) }),
    build,
  };
  const { build: _, ...rest } = federation;
  expect(defineFederation(federation)).toMatchObject(rest);
  expect(() => defineFederation(federation).build({ clients: 4 })).toThrow('not run');
});

test('`defineFederation` throws when an option has no default, and names it', () => {
  const options = z.object({ clients: z.number() });
  expect(() => defineFederation({ name: 'two', description: 'Two.', options, build })).toThrow(
    /'two': every option needs a default, got none for clients/,
  );
});

test('`defineFederation` throws when an evaluation stands beside a computation, which has no state', async () => {
  const federation = defineFederation({
    name: 'three',
    description: 'Three.',
    options: z.object({}),
    build: () => ({
      computation: federatedComputation({ x: atClients(int32()) }, ({ x }) => federatedSum(x)),
      population: populationOf(
        [1, 2].map((value) => toValue(int32(), value)),
        int32(),
      ),
      sampler: uniformSampler({ cohortSize: 2 }),
      rounds: 1,
      evaluation: { every: 1, run: () => 0 },
    }),
  });
  expect(() => federation.build({})).toThrow(
    /^Cannot build federation 'three': what build returns: evaluation needs a process, whose state it evaluates, got a computation/,
  );
});
