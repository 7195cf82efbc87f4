import { expect, test } from 'vitest';
import { storeContract } from '../contract.js';
import { memoryStore } from './memory-store.js';

storeContract('memory', () => ({ open: (retention) => memoryStore(retention) }), {
  manyRuns: true,
  isDurable: false,
});

test('`memoryStore` encodes no state that nobody asks for', async () => {
  const store = memoryStore();
  const open = await store.open('one');
  await open.start({});
  let encoded = 0;
  const state = () => {
    encoded++;
    return Uint8Array.of(1);
  };
  for (let round = 1; round <= 5; round++) {
    await open.begin({ round, attempt: 1, cohort: { size: 0, digest: '' }, seed: [0, 0] });
    await open.commit({ round, attempt: 1, counted: [], lost: [], metrics: null, state });
  }
  expect(encoded).toBe(0);
  expect(await store.state('one', 5)).toEqual(Uint8Array.of(1));
  expect(encoded).toBe(1);
});

test('`memoryStore` forgets the oldest entries when it is to keep few', async () => {
  const store = memoryStore({ keepEntries: 8 });
  const open = await store.open('one');
  await open.start({ name: 'toy' });
  for (let round = 1; round <= 100; round++) {
    await open.begin({ round, attempt: 1, cohort: { size: 0, digest: '' }, seed: [0, 0] });
    await open.commit({
      round,
      attempt: 1,
      counted: [],
      lost: [],
      metrics: null,
      state: () => new Uint8Array(),
    });
  }
  const { commits, identity } = await store.read('one');
  expect(identity).toEqual({ name: 'toy' });
  // Eight entries: the start, and of the last rounds a commit each, with the attempt before it: 3 attempts, 4 commits.
  expect(commits.map(({ round }) => round)).toEqual([97, 98, 99, 100]);
});
