import { createHash } from 'node:crypto';
import { tensor } from '@starling/federated-core';
import { assert, test } from 'vitest';
import { encodeLeaves } from './safetensors.js';
import { stateHash } from './state-hash.js';

test('`stateHash` is the SHA-256 of the leaves as a safetensors body', () => {
  const leaves = [tensor('float32', [2], Float32Array.of(1, 2)), tensor('int32', [], Int32Array.of(3))];
  assert.equal(stateHash(leaves), createHash('sha256').update(encodeLeaves(leaves)).digest('hex'));
});

test('`stateHash` differs when a bit, a shape, a dtype or the order differs', () => {
  const hashes = [
    [tensor('float32', [2], Float32Array.of(0, 1))],
    [tensor('float32', [2], Float32Array.of(-0, 1))],
    [tensor('float32', [1, 2], Float32Array.of(0, 1))],
    [tensor('int32', [2], new Int32Array(Float32Array.of(0, 1).buffer))],
    [tensor('float32', [2], Float32Array.of(1, 0))],
  ].map(stateHash);
  assert.equal(new Set(hashes).size, hashes.length);
});
