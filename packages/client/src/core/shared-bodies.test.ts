import { tensor } from '@starling/federated-core';
import { encodeLeaves, sha256Hex } from '@starling/plan/safetensors';
import { assert, describe, test } from 'vitest';
import { createSharedBodies } from './shared-bodies.js';

const bodyOf = (...values: number[]): Uint8Array =>
  encodeLeaves([tensor('float32', [values.length], Float32Array.from(values))]);
const copyOf = (bytes: Uint8Array): Uint8Array => new Uint8Array(bytes);

describe('createSharedBodies', () => {
  test('the same bytes are one body, read once', () => {
    const bodies = createSharedBodies();
    const bytes = bodyOf(1, 2);
    const first = bodies.check(bytes, sha256Hex(bytes));
    assert.deepEqual([...(first.leaves[0]!.data as Float32Array)], [1, 2]);
    assert.strictEqual(bodies.check(copyOf(bytes), sha256Hex(bytes)), first);
    const shifted = new Uint8Array(bytes.length + 1).subarray(1); // not aligned to words
    shifted.set(bytes);
    assert.strictEqual(bodies.check(shifted, sha256Hex(bytes)), first);
  });

  test('other bytes under the hash of a known body are refused, wherever they differ', () => {
    const bodies = createSharedBodies();
    const bytes = new Uint8Array([...bodyOf(1, 2), 9, 9, 9]); // a length that is no multiple of 4
    const hash = sha256Hex(bytes.subarray(0, bytes.length - 3));
    bodies.check(bytes.subarray(0, bytes.length - 3), hash);
    for (let at = 0; at < bytes.length - 3; at++) {
      const wrong = copyOf(bytes.subarray(0, bytes.length - 3));
      wrong[at]! ^= 1;
      assert.throws(() => bodies.check(wrong, hash), 'a body has another hash than announced');
    }
    assert.throws(() => bodies.check(copyOf(bytes), hash), 'another hash');
    assert.throws(() => bodies.check(copyOf(bytes.subarray(0, 8)), hash), 'another hash');
  });

  test('bodies of a few rounds are kept, those asked for last', () => {
    const bodies = createSharedBodies();
    const all = [1, 2, 3, 4, 5].map((value) => bodyOf(value));
    const check = (index: number) => bodies.check(copyOf(all[index]!), sha256Hex(all[index]!));
    const [first, second] = [check(0), check(1)];
    check(2);
    check(3);
    assert.strictEqual(check(0), first);
    check(4);
    assert.strictEqual(check(0), first);
    assert.notStrictEqual(check(1), second);
  });
});
