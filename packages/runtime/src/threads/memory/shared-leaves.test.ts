import { type Tensor, tensor } from '@starling/federated-core';
import { assert, describe, test } from 'vitest';
import { byteLength, fitsLeaves, shareLike, writeLeaves } from './shared-leaves.js';

const leaves: readonly Tensor[] = [
  tensor('uint8', [3], Uint8Array.of(1, 2, 3)),
  tensor('float64', [], Float64Array.of(0.5)),
  tensor('int64', [1], BigInt64Array.of(-4n)),
  tensor('bool', [1], Uint8Array.of(1)),
];

describe('shareLike', () => {
  test('`shareLike` makes zeros of the same form in one shared buffer, each aligned to 8 bytes', () => {
    const shared = shareLike(leaves);
    assert.isTrue(fitsLeaves(shared, leaves));
    const views = shared.map(({ data }) => data as Uint8Array);
    assert.instanceOf(views[0]!.buffer, SharedArrayBuffer);
    assert.isTrue(
      views.every(({ buffer, byteOffset }) => buffer === views[0]!.buffer && byteOffset % 8 === 0),
    );
    assert.equal(byteLength(leaves), 32);
    assert.deepEqual([...views[0]!], [0, 0, 0]);
  });

  test('`writeLeaves` writes what fits, and takes strings over', () => {
    const names = tensor('string', [2], ['a', 'b']);
    const written = writeLeaves(shareLike([...leaves, names]), [...leaves, names]);
    assert.deepEqual(
      written.map(({ data }) => [...(data as Uint8Array)]),
      [...leaves, names].map(({ data }) => [...(data as Uint8Array)]),
    );
  });
});

describe('fitsLeaves', () => {
  test.each([
    ['another dtype', [tensor('int32', [1], Int32Array.of(1))]],
    ['another shape of the same size', [tensor('float32', [1, 1], Float32Array.of(1))]],
    ['another number of leaves', []],
  ] as const)('`fitsLeaves` says no to %s', (_, others) => {
    assert.isFalse(fitsLeaves([tensor('float32', [1], Float32Array.of(1))], others));
  });

  test('`fitsLeaves` says no to strings, which no buffer holds', () => {
    const names = [tensor('string', [1], ['a'])];
    assert.isFalse(fitsLeaves(names, names));
  });
});
