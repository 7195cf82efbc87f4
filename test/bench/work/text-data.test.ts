// Checks that the benchmark's text is the one its Python peers read.
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { CHARACTERS, STEPS, TEXTS, textPopulation } from './text-data.js';

interface Texts {
  readonly data: {
    readonly columns: {
      readonly x: { readonly data: Int32Array };
      readonly y: { readonly data: Int32Array };
    };
  };
}

test('`textPopulation` gives the bytes that numpy gives', async () => {
  const population = textPopulation();
  const [x, y] = [createHash('sha256'), createHash('sha256')];
  for (let client = 0; client < population.size; client++) {
    const { columns } = ((await population.load(client)) as unknown as Texts).data;
    x.update(columns.x.data);
    y.update(columns.y.data);
  }
  // The hashes are of peers/work.py's arrays under numpy 2.2.6: `texts()`, each as int32.
  expect(x.digest('hex')).toBe('0250b4d9139289cc746228d09fd0fa3ea1fbd2f055c4e44c9039995793c17497');
  expect(y.digest('hex')).toBe('b702cafd5dc5346fe44409c371a85c171c8ee7e1e03608a61498b42a3f7d26a7');
});

test('`textPopulation` predicts the next character, which mostly follows the rule', async () => {
  const { columns } = ((await textPopulation().load(0)) as unknown as Texts).data;
  const { x, y } = { x: columns.x.data, y: columns.y.data };
  expect(x).toHaveLength(TEXTS * STEPS);
  let follows = 0;
  for (let at = 0; at < x.length; at++) {
    if (at % STEPS > 0) expect(x[at]).toBe(y[at - 1]);
    if (y[at] === (3 * x[at]! + 7) % CHARACTERS) follows++;
  }
  // Four in five by the rule, and of the others one in 90 by chance: 0.802; three deviations of 1,600 draws are 0.03.
  expect(Math.abs(follows / x.length - 0.802)).toBeLessThan(0.03);
});
