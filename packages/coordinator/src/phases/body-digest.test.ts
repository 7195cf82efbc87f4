import { expect, test } from 'vitest';
import { bodyDigest } from './body-digest.js';

test('`bodyDigest` is the same for the same bytes, wherever they stand, and another for any other', () => {
  const bytes = Uint8Array.from({ length: 43 }, (_, index) => index * 5);
  const shifted = new Uint8Array(50);
  shifted.set(bytes, 3);
  expect(bodyDigest(shifted.subarray(3, 46))).toBe(bodyDigest(bytes));
  expect(bodyDigest(Buffer.from(shifted.buffer, 3, 43))).toBe(bodyDigest(bytes));
  const digests = new Set([
    bodyDigest(bytes),
    bodyDigest(bytes.subarray(0, 42)),
    bodyDigest(new Uint8Array(0)),
  ]);
  for (let at = 0; at < bytes.length; at++) {
    const other = bytes.slice();
    other[at]! ^= 1;
    digests.add(bodyDigest(other));
  }
  expect(digests.size).toBe(3 + bytes.length);
});

test('`bodyDigest` tells long bodies apart that differ in a stretch of a few hundred bytes', () => {
  const bytes = new Uint8Array(1 << 20);
  const digests = new Set([bodyDigest(bytes)]);
  for (let at = 0; at < bytes.length; at += 1 << 12) {
    const other = bytes.slice();
    other.fill(1, at, at + 512);
    digests.add(bodyDigest(other));
  }
  expect(digests.size).toBe(1 + (1 << 8));
});
