import { expect, test } from 'vitest';
import { z } from 'zod';
import { defineSimulation } from './simulation.js';

const build = () => {
  throw new Error('not run');
};

test('`defineSimulation` gives the simulation back when every option has a default', () => {
  const simulation = {
    name: 'one',
    description: 'One.',
    options: z.object({ clients: z.number().default(4) }),
    build,
  };
  expect(defineSimulation(simulation)).toBe(simulation);
});

test('`defineSimulation` throws when an option has no default, and names it', () => {
  const options = z.object({ clients: z.number() });
  expect(() => defineSimulation({ name: 'two', description: 'Two.', options, build })).toThrow(
    /'two': every option needs a default, got none for clients/,
  );
});
