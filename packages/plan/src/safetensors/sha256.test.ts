import { describe, expect, test } from 'vitest';
import { pureSha256Hex, sha256Hex } from './sha256.js';

const ascii = (text: string) => new TextEncoder().encode(text);

describe.each([
  ['sha256Hex', sha256Hex],
  ['pureSha256Hex', pureSha256Hex],
])('%s', (_, hash) => {
  test.each([
    // FIPS 180-2, appendix B.1 and B.2, and the well-known hash of nothing.
    ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    [
      'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
      '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
    ],
  ])('hashes %j as published when given its bytes', (text, expected) => {
    expect(hash(ascii(text))).toBe(expected);
  });

  test('hashes a view, not the buffer behind it, when given a part', () => {
    expect(hash(ascii('xabcx').subarray(1, 4))).toBe(hash(ascii('abc')));
  });
});
