// The order of a shuffled epoch: the permutation that `generator(seed).permutation(length)` gives, from words that
// are drawn all at once. A small client is shuffled in the time of two of its smallest operators.
import type { Seed } from '@starling/federated-core';
import { randomWords } from './random-words.js';

const WORDS = 0x1_0000_0000;

/**
 * A uniform permutation of 0 … length − 1 (Durstenfeld 1964); each bound's draw rejects words that would favour some.
 */
export function permutation(seed: Seed, length: number): Int32Array {
  let words = randomWords(seed, length);
  let next = 0;
  const nextWord = (): number => {
    // Rejections, a few in 2³² for short lengths, take more words of the same stream.
    if (next === words.length) words = randomWords(seed, 2 * words.length);
    return words[next++] as number;
  };
  // No bound rejects a word below this, so that few words need the bound's own limit.
  const safe = WORDS - length;
  const order = new Int32Array(length);
  for (let index = 0; index < length; index++) {
    const bound = index + 1;
    let word = nextWord();
    while (word >= safe && word >= WORDS - (WORDS % bound)) word = nextWord();
    // word % bound: a quotient of 32 bits is exact enough to be rounded down, and division faster than a remainder.
    const other = word - Math.floor(word / bound) * bound;
    order[index] = order[other] as number;
    order[other] = index;
  }
  return order;
}
