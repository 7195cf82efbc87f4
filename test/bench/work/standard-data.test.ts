// Checks that the benchmark trains on the same numbers as its Python peers.
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { CLASSES, standardData } from './standard-data.js';

const sha256 = (array: Float32Array | Int32Array): string =>
  createHash('sha256').update(new Uint8Array(array.buffer)).digest('hex');

test('`standardData` gives the bytes that numpy gives', { timeout: 60_000 }, () => {
  const { images, labels } = standardData();
  // The hashes are of peers/work.py's arrays under numpy 2.2.6: `images()[0]`, and `[1]` as int32.
  expect(sha256(images)).toBe('2f116d4d586b434b42e1f041819267130f2a6208db715bb4468696fdd17cc9b0');
  expect(sha256(labels)).toBe('17d34c17d5576adddd960def9bcca8e0b1c521f67bcfe04b5833e1ab99cc0476');
  expect(labels.every((label) => label >= 0 && label < CLASSES)).toBe(true);
});
