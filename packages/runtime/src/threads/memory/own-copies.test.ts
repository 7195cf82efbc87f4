import { tensor } from '@starling/federated-core';
import { assert, describe, test } from 'vitest';
import { ClientStore, type PlacedLeaves } from './client-store.js';
import { createOwnCopies } from './own-copies.js';

const BYTES = 8;
/** A store of clients, each with its number as its data. */
const storeOf = (clients: number) => {
  const store = new ClientStore(new SharedArrayBuffer(clients * BYTES), clients);
  for (let client = 0; client < clients; client++) keepAs(store, client, client);
  return store;
};
const keepAs = (store: ClientStore, client: number, value: number): void => {
  store.keep(client, [tensor('float64', [], Float64Array.of(value))]);
  store.release(client);
};
const placed = (store: ClientStore, client: number): PlacedLeaves => {
  const found = store.find(client)!;
  store.release(client);
  return found;
};

describe('createOwnCopies', () => {
  test('a copy is the client’s data, in memory that is not shared', () => {
    const store = storeOf(3);
    const copies = createOwnCopies(store.arena, 3 * BYTES);
    for (const client of [2, 0, 1, 2, 0, 1, 2, 0, 1]) {
      const [leaf] = copies.copyOf(placed(store, client));
      assert.deepEqual([...(leaf!.data as Float64Array)], [client]);
      assert.instanceOf((leaf!.data as Float64Array).buffer, ArrayBuffer);
    }
  });

  test('a client that returns is copied once more, and then no more', () => {
    const store = storeOf(1);
    const copies = createOwnCopies(store.arena, BYTES);
    const [first, second, third] = Array.from({ length: 3 }, () => copies.copyOf(placed(store, 0)));
    assert.notStrictEqual(second, first);
    assert.strictEqual(third, second);
  });

  test('another client at the same place of the arena is another copy', () => {
    const store = storeOf(1);
    const copies = createOwnCopies(store.arena, 2 * BYTES);
    for (let turn = 0; turn < 3; turn++) copies.copyOf(placed(store, 0));
    keepAs(store, 7, 7); // which lets client 0 go
    assert.isNull(store.find(0));
    for (let turn = 0; turn < 3; turn++) {
      assert.deepEqual([...(copies.copyOf(placed(store, 7))[0]!.data as Float64Array)], [7]);
    }
    keepAs(store, 0, 5); // the client is back, with other data
    assert.deepEqual([...(copies.copyOf(placed(store, 0))[0]!.data as Float64Array)], [5]);
  });

  test('copies take no more than they may, and the first ones stay', () => {
    const store = storeOf(3);
    const copies = createOwnCopies(store.arena, 2 * BYTES);
    const twice = [0, 1, 2].map((client) => {
      copies.copyOf(placed(store, client));
      return copies.copyOf(placed(store, client));
    });
    const again = [0, 1, 2].map((client) => copies.copyOf(placed(store, client)));
    assert.deepEqual(
      again.map((copy, client) => copy === twice[client]),
      [true, true, false],
    );
  });

  test('copies of clients that no longer come make room', () => {
    const store = storeOf(2);
    const copies = createOwnCopies(store.arena, BYTES);
    copies.copyOf(placed(store, 0));
    const old = copies.copyOf(placed(store, 0));
    // More than 16 · 64 calls for which there is no copy.
    for (let turn = 0; turn < 1100; turn++) copies.copyOf(placed(store, 1));
    const [one, other] = Array.from({ length: 2 }, () => copies.copyOf(placed(store, 1)));
    assert.strictEqual(one, other);
    assert.notStrictEqual(copies.copyOf(placed(store, 0)), old);
  });
});
