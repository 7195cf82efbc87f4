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
