// One number, boolean or text of what a user writes, as the array of an element type holds it.
import type { DType } from '../types/types.js';

const MAX_FLOAT32 = (2 - 2 ** -23) * 2 ** 127;
const RANGES = { int32: [-0x8000_0000, 0x7fff_ffff], uint8: [0, 255] } as const;

/**
 * What `input` would have to be to count as an element of `dtype`; null if it is one. Nothing is rounded to an
 * infinity.
 */
export function scalarNeed(dtype: DType, input: unknown): string | null {
  switch (dtype) {
    case 'float32':
      if (typeof input !== 'number') return 'a number';
      return Number.isFinite(input) && !Number.isFinite(Math.fround(input))
        ? `a number from ${-MAX_FLOAT32} to ${MAX_FLOAT32}`
        : null;
    case 'float64':
      return typeof input === 'number' ? null : 'a number';
    case 'int32':
    case 'uint8': {
      const [low, high] = RANGES[dtype];
      const number = typeof input === 'bigint' ? Number(input) : input;
      const fits = typeof number === 'number' && Number.isInteger(number) && number >= low && number <= high;
      return fits ? null : `an integer from ${low} to ${high}`;
    }
    case 'int64':
      if (typeof input === 'bigint' ? BigInt.asIntN(64, input) === input : Number.isSafeInteger(input))
        return null;
      return 'a bigint of 64 bits or a safe integer';
    case 'bool':
      return typeof input === 'boolean' ? null : 'true or false';
    case 'string':
      return typeof input === 'string' ? null : 'a string';
  }
}

/** The element for `input`, of which `scalarNeed` asks nothing. */
export function scalarOf(dtype: DType, input: unknown): number | bigint | string {
  if (dtype === 'int64') return BigInt(input as number | bigint);
  return dtype === 'string' ? (input as string) : Number(input);
}
