// Many words of a Philox stream at once: the same words as `generator(seed).uint32()` in order, written in one
// loop without allocation, since dropout masks take a million numbers a client.
import type { Seed } from '@starling/federated-core';

const MULTIPLIER_0 = 0xd2511f53;
const MULTIPLIER_1 = 0xcd9e8d57;
const WEYL_0 = 0x9e3779b9;
const WEYL_1 = 0xbb67ae85;
const ROUNDS = 10;

/** The first `count` words of the stream of `seed` (Philox4x32-10, counter 0, 1, 2, …). */
export function randomWords(seed: Seed, count: number): Uint32Array {
  const words = new Uint32Array(Math.ceil(count / 4) * 4);
  const [seed0, seed1] = seed;
  for (let block = 0; block < words.length / 4; block++) {
    let c0 = block;
    let c1 = 0;
    let c2 = 0;
    let c3 = 0;
    let k0 = seed0 | 0;
    let k1 = seed1 | 0;
    for (let round = 0; round < ROUNDS; round++) {
      // The high halves of two 32 × 32 bit products, from 16-bit parts.
      const a0 = c0 & 0xffff;
      const a1 = c0 >>> 16;
      const m0 = a1 * (MULTIPLIER_0 & 0xffff) + ((a0 * (MULTIPLIER_0 & 0xffff)) >>> 16);
      const x0 = a0 * (MULTIPLIER_0 >>> 16) + (m0 & 0xffff);
      const high0 = a1 * (MULTIPLIER_0 >>> 16) + ((m0 / 0x10000) >>> 0) + ((x0 / 0x10000) >>> 0);
      const b0 = c2 & 0xffff;
      const b1 = c2 >>> 16;
      const m1 = b1 * (MULTIPLIER_1 & 0xffff) + ((b0 * (MULTIPLIER_1 & 0xffff)) >>> 16);
      const x1 = b0 * (MULTIPLIER_1 >>> 16) + (m1 & 0xffff);
      const high1 = b1 * (MULTIPLIER_1 >>> 16) + ((m1 / 0x10000) >>> 0) + ((x1 / 0x10000) >>> 0);
      const low0 = Math.imul(MULTIPLIER_0, c0);
      const low1 = Math.imul(MULTIPLIER_1, c2);
      c0 = high1 ^ c1 ^ k0;
      c1 = low1;
      c2 = high0 ^ c3 ^ k1;
      c3 = low0;
      k0 = (k0 + WEYL_0) | 0;
      k1 = (k1 + WEYL_1) | 0;
    }
    const at = block * 4;
    words[at] = c0;
    words[at + 1] = c1;
    words[at + 2] = c2;
    words[at + 3] = c3;
  }
  return words.subarray(0, count);
}
