// numpy's legacy `RandomState`, so that the benchmark trains on the very numbers that its Python peers train on.
// Generator: MT19937 (Matsumoto and Nishimura, ACM TOMACS 8(1), 1998); normals: Marsaglia's polar method, as in
// numpy's `legacy_gauss`.
const STATE_WORDS = 624;
const MIDDLE_WORD = 397;
const TWIST = 0x9908b0df;
const UPPER_BIT = 0x80000000;
const LOWER_BITS = 0x7fffffff;
/** Knuth's multiplier, with which MT19937 spreads an integer seed over its state. */
const SEED_MULTIPLIER = 1812433253;

export interface RandomState {
  /** The next 32 bits. */
  uint32(): number;
  /** A double in [0, 1) of 53 random bits: numpy's `rand`. */
  uniform(): number;
  /** A standard normal double: numpy's `randn`. */
  normal(): number;
}

/** numpy's `RandomState(seed)` for a seed from 0 to 2^32 − 1. */
export function randomState(seed: number): RandomState {
  const state = new Uint32Array(STATE_WORDS);
  state[0] = seed;
  for (let at = 1; at < STATE_WORDS; at++) {
    const previous = state[at - 1]!;
    state[at] = Math.imul(SEED_MULTIPLIER, previous ^ (previous >>> 30)) + at;
  }
  let next = STATE_WORDS;
  let spareNormal: number | null = null;

  const uint32 = (): number => {
    if (next === STATE_WORDS) {
      twist(state);
      next = 0;
    }
    let word = state[next++]!;
    word ^= word >>> 11;
    word ^= (word << 7) & 0x9d2c5680;
    word ^= (word << 15) & 0xefc60000;
    return (word ^ (word >>> 18)) >>> 0;
  };
  const uniform = (): number => {
    const high = uint32() >>> 5;
    const low = uint32() >>> 6;
    return (high * 0x4000000 + low) / 0x20000000000000;
  };
  const normal = (): number => {
    if (spareNormal !== null) {
      const spare = spareNormal;
      spareNormal = null;
      return spare;
    }
    for (;;) {
      const first = 2 * uniform() - 1;
      const second = 2 * uniform() - 1;
      const square = first * first + second * second;
      if (square >= 1 || square === 0) continue;
      const scale = Math.sqrt((-2 * Math.log(square)) / square);
      spareNormal = scale * first;
      return scale * second;
    }
  };
  return { uint32, uniform, normal };
}

function twist(state: Uint32Array): void {
  for (let at = 0; at < STATE_WORDS; at++) {
    const mixed = (state[at]! & UPPER_BIT) | (state[(at + 1) % STATE_WORDS]! & LOWER_BITS);
    const shifted = (mixed >>> 1) ^ (mixed & 1 ? TWIST : 0);
    state[at] = state[(at + MIDDLE_WORD) % STATE_WORDS]! ^ shifted;
  }
}
