import type { Engine } from '@starling/compute';
import { expect, test } from 'vitest';
import { takeEngine } from './take-engine.js';

const countingEngine = (): { disposed: number } & Pick<Engine, 'dispose'> => ({
  disposed: 0,
  async dispose() {
    this.disposed++;
  },
});

test('`takeEngine` disposes of an engine that a word made, once it is released', async () => {
  const made = countingEngine();
  const shared = globalThis as { takenEngine?: unknown };
  shared.takenEngine = made;
  const code = 'export const createEngine = () => globalThis.takenEngine;';
  const taken = await takeEngine(`data:text/javascript,${encodeURIComponent(code)}`);
  delete shared.takenEngine;
  expect(taken.engine).toBe(made);
  expect(made.disposed).toBe(0);
  await taken.release();
  expect(made.disposed).toBe(1);
});

test('`takeEngine` leaves an engine that it is given to its owner', async () => {
  const own = countingEngine();
  const taken = await takeEngine(own as unknown as Engine);
  expect(taken.engine).toBe(own);
  await taken.release();
  expect(own.disposed).toBe(0);
});
