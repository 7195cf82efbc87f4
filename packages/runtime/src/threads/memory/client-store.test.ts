import { type Tensor, tensor } from '@starling/federated-core';
import * as fc from 'fast-check';
import { assert, describe, test } from 'vitest';
import { ClientStore, type PlacedLeaves } from './client-store.js';
import { place } from './shared-leaves.js';

/** Data of so many bytes, a multiple of 8, filled with the client's number. */
const dataOf = (client: number, bytes: number): Tensor[] => [
  tensor('float64', [bytes / 8], new Float64Array(bytes / 8).fill(client)),
];
const storeOf = (bytes: number, maxClients = 100) =>
  new ClientStore(new SharedArrayBuffer(bytes), maxClients);
const read = ({ arena }: ClientStore, { start, forms }: PlacedLeaves): number[] =>
  place(forms, arena, start).flatMap(({ data }) => [...(data as Float64Array)]);

describe('ClientStore', () => {
  test('`ClientStore` gives back what was kept, laid out as it was', () => {
    const store = storeOf(64);
    const leaves = [
      tensor('uint8', [3], Uint8Array.of(1, 2, 3)),
      tensor('float32', [], Float32Array.of(0.5)),
    ];
    store.keep(7, leaves);
    const { start, forms } = store.find(7)!;
    assert.deepEqual(
      place(forms, store.arena, start).map(({ data }) => [...(data as Uint8Array)]),
      [[1, 2, 3], [0.5]],
    );
    assert.isNull(store.find(8));
  });

  test('`ClientStore` lets the least recently used go first when room is needed', () => {
    const store = storeOf(24);
    for (const client of [1, 2, 3]) {
      store.keep(client, dataOf(client, 8));
      store.release(client);
    }
    store.find(1);
    store.release(1);
    store.keep(4, dataOf(4, 8));
    assert.deepEqual(
      [1, 2, 3, 4].map((client) => store.find(client) !== null),
      [true, false, true, true],
    );
  });

  test('`ClientStore` has no room when all is pinned, larger than it, or text', () => {
    const store = storeOf(16);
    store.keep(1, dataOf(1, 8));
    assert.isNull(store.keep(2, dataOf(2, 16)));
    store.release(1);
    assert.isNull(store.keep(3, dataOf(3, 24)));
    assert.isNull(store.keep(4, [tensor('string', [1], ['a'])]));
    assert.deepEqual(read(store, store.keep(2, dataOf(2, 16))!), [2, 2]);
  });

  test('`ClientStore` holds no more clients than it may, however small', () => {
    const store = storeOf(1000, 2);
    for (const client of [1, 2, 3]) {
      assert.isNotNull(store.keep(client, []));
      store.release(client);
    }
    assert.deepEqual(
      [1, 2, 3].map((client) => store.find(client) !== null),
      [false, true, true],
    );
  });

  test('`ClientStore` never moves or overwrites what is pinned, whatever comes and goes', () => {
    const step = fc.record({
      client: fc.nat(30),
      words: fc.integer({ min: 1, max: 12 }),
      holds: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const store = storeOf(8 * 40);
        const pinned = new Map<number, { placed: PlacedLeaves; words: number }>();
        for (const { client, words, holds } of steps) {
          const before = pinned.get(client);
          if (before !== undefined) {
            store.release(client);
            pinned.delete(client);
            continue;
          }
          const placed = store.keep(client, dataOf(client, 8 * words));
          if (placed === null) continue;
          if (holds) pinned.set(client, { placed, words: placed.forms[0]!.shape[0]! });
          else store.release(client);
          for (const [owner, { placed: own, words: length }] of pinned) {
            assert.deepEqual(read(store, own), new Array(length).fill(owner));
          }
        }
      }),
    );
  });

  test('`ClientStore` joins what was let go of, so that larger data fits again', () => {
    const store = storeOf(40);
    for (const client of [1, 2, 3, 4, 5]) store.keep(client, dataOf(client, 8));
    for (const client of [2, 4, 3]) store.release(client);
    assert.isNotNull(store.keep(6, dataOf(6, 24)));
    assert.isNotNull(store.find(1));
  });
});
