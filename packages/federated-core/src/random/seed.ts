// Seeds that are split by purpose, round and client, so that the same run draws the same numbers on any
// number of workers and after a restart. Built on Philox (philox.ts); no global generator anywhere.
import { optionError } from '../errors/check-option.js';
import { describeValue } from '../errors/describe-value.js';
import { philox4x32 } from './philox.js';

/** A 64-bit key as two unsigned 32-bit words. */
export type Seed = readonly [number, number];

/** A seed from a user's number (a non-negative safe integer). */
export function seedFrom(value: number): Seed {
  if (!(Number.isSafeInteger(value) && value >= 0)) {
    throw optionError(`Cannot make a seed: need a non-negative safe integer, got ${describeValue(value)}`);
  }
  return [value >>> 0, Math.floor(value / 0x1_0000_0000) >>> 0];
}

/**
 * A new, independent seed for a purpose within `seed`, such as `deriveSeed(seed, 'client', round, clientId)`.
 * Each part of the path is hashed to 32 bits (FNV-1a, 1991) and encrypted under the running key by Philox4x32-10.
 * Throws a `RangeError` for a part that is neither text nor a safe integer: it would be split like another.
 */
export function deriveSeed(seed: Seed, ...path: readonly (string | number)[]): Seed {
  if (!isSeed(seed)) throw noSeed(seed);
  let [low, high] = seed;
  for (const part of path) {
    if (typeof part !== 'string' && !Number.isSafeInteger(part)) throw noPart(part);
    const counter =
      typeof part === 'number'
        ? ([part >>> 0, Math.floor(part / 0x1_0000_0000) >>> 0, 0, 1] as const)
        : ([fnv1a(part), part.length, 0, 2] as const);
    const block = philox4x32(counter, [low, high]);
    low = block[0];
    high = block[1];
  }
  return [low, high];
}

/** Whether a value is 64 bits as `seedFrom` and `deriveSeed` give them. */
export function isSeed(value: unknown): value is Seed {
  return Array.isArray(value) && value.length === 2 && isWord(value[0]) && isWord(value[1]);
}

const isWord = (word: unknown): boolean => typeof word === 'number' && word >>> 0 === word;

function noPart(part: unknown): RangeError {
  return optionError(
    `Cannot derive a seed: its path must be of text and integers, such as 'client', 3, got ${describeValue(part)}`,
  );
}

/** Of what a generator or a further seed is to be made of. */
export function noSeed(given: unknown): RangeError {
  const advice = Number.isSafeInteger(given) && (given as number) >= 0 ? `. Write seedFrom(${given})` : '';
  return optionError(
    `Cannot draw from a seed: need one, such as seedFrom(1), got ${describeValue(given)}${advice}`,
  );
}

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

function fnv1a(text: string): number {
  let hash = FNV_OFFSET;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), FNV_PRIME);
  }
  return hash >>> 0;
}
