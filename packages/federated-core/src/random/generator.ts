// Numbers drawn from a seed: uniform words, floats, integers below a bound, permutations. A generator is a
// position in the Philox stream of its seed; two generators of one seed draw the same numbers.
import { type Block, philox4x32 } from './philox.js';
import { isSeed, noSeed, type Seed } from './seed.js';

export interface Generator {
  /** A uniform unsigned 32-bit integer. */
  uint32(): number;
  /** A uniform double in [0, 1), of 53 random bits. */
  uniform(): number;
  /** A uniform integer in [0, bound), without modulo bias; `bound` from 1 to 2^32. */
  below(bound: number): number;
  /** A standard normal double (Box and Muller, 1958). */
  normal(): number;
  /** A uniform permutation of 0 … length − 1 (Fisher–Yates, Durstenfeld 1964). */
  permutation(length: number): Int32Array;
}

/** A generator at the start of the stream of `seed`. */
export function generator(seed: Seed): Generator {
  if (!isSeed(seed)) throw noSeed(seed);
  let counter = 0;
  let block: Block = [0, 0, 0, 0];
  let used = 4;

  const uint32 = (): number => {
    if (used === 4) {
      block = philox4x32([counter >>> 0, Math.floor(counter / 0x1_0000_0000) >>> 0, 0, 0], seed);
      counter++;
      used = 0;
    }
    return block[used++] as number;
  };
  const uniform = (): number => ((uint32() >>> 5) * 0x400_0000 + (uint32() >>> 6)) / 0x20_0000_0000_0000;
  const below = (bound: number): number => {
    if (!(Number.isInteger(bound) && bound >= 1 && bound <= 0x1_0000_0000)) {
      throw new RangeError(`Cannot draw an integer: the bound must be from 1 to 2^32, got ${bound}`);
    }
    const limit = 0x1_0000_0000 - (0x1_0000_0000 % bound);
    let word = uint32();
    while (word >= limit) word = uint32();
    return word % bound;
  };
  const normal = (): number => {
    const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
    return radius * Math.cos(2 * Math.PI * uniform());
  };
  const permutation = (length: number): Int32Array => {
    const order = new Int32Array(length);
    for (let index = 0; index < length; index++) {
      const other = below(index + 1);
      order[index] = order[other] as number;
      order[other] = index;
    }
    return order;
  };
  return { uint32, uniform, below, normal, permutation };
}
