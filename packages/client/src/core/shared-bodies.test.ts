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

  test('a body that comes to another socket is given to those who wait for it, and to who asks later', async () => {
    const bodies = createSharedBodies(() => () => {});
    const bytes = bodyOf(1, 2);
    const hash = sha256Hex(bytes);
    const waiting = [bodies.coming(hash), bodies.coming(hash)];
    const ended = bodies.begun(hash);
    const body = bodies.check(bytes, hash);
    ended();
    for (const each of [...waiting, bodies.coming(hash)]) assert.strictEqual(await each, body);
  });

  test('nobody waits for a body once the last socket that brings it has ended without it', async () => {
    const bodies = createSharedBodies(() => () => {});
    const hash = sha256Hex(bodyOf(1));
    const [first, second] = [bodies.begun(hash), bodies.begun(hash)];
    let lost: unknown = null;
    const waiting = bodies.coming(hash).catch((error) => {
      lost = error;
    });
    assert.throws(() => bodies.check(bodyOf(2), hash), 'another hash');
    first();
    await Promise.resolve();
    assert.strictEqual(lost, null);
    second();
    await waiting;
    assert.include(String(lost), 'no other socket of this process brings the broadcast');
  });

  test('nobody waits long for a body that no socket begins to bring, and as long as it takes for one that does', async () => {
    const late: (() => void)[] = [];
    const bodies = createSharedBodies((_, call) => {
      late.push(call);
      return () => {};
    });
    const bytes = bodyOf(1);
    const hash = sha256Hex(bytes);
    bodies.begun(hash);
    const waiting = bodies.coming(hash);
    for (const call of late) call();
    const body = bodies.check(bytes, hash);
    assert.strictEqual(await waiting, body);

    const never = bodies.coming(sha256Hex(bodyOf(2)));
    for (const call of late) call();
    let lost: unknown = null;
    await never.catch((error) => {
      lost = error;
    });
    assert.instanceOf(lost, Error);
  });
});
