import { assert, describe, test } from 'vitest';
import { HeldData } from './held-data.js';

describe('HeldData', () => {
  test('`HeldData` lets the least recently used go first when over its bytes', () => {
    const held = new HeldData({ maxBytes: 30, maxClients: 10 });
    for (const client of [1, 2, 3]) held.add(client, 10);
    assert.isTrue(held.use(1));
    held.add(4, 10);
    assert.deepEqual(held.evict(), [2]);
    assert.deepEqual(
      [1, 2, 3, 4].map((client) => held.use(client)),
      [true, false, true, true],
    );
  });

  test('`HeldData` lets go by number when clients are small', () => {
    const held = new HeldData({ maxBytes: 100, maxClients: 2 });
    for (const client of [7, 8, 9]) held.add(client, 0);
    assert.deepEqual(held.evict(), [7]);
    assert.deepEqual(held.evict(), []);
  });

  test('`HeldData` holds nothing when one client alone is over its bytes', () => {
    const held = new HeldData({ maxBytes: 5, maxClients: 2 });
    held.add(1, 6);
    assert.deepEqual(held.evict(), [1]);
  });
});
