// Kinds of data that a user hands over: types, seeds, tensors. What stands for all rooms is in errors/check-kind.ts.
import { ofKind } from '../errors/check-kind.js';
import { isSeed } from '../random/seed.js';
import { isType, type Type } from '../types/types.js';
import { isTensor } from './tensor.js';

/** Checks of data, for tables of options. */
export const dataKinds = {
  /** A type of data, which has no placement. */
  type: ofKind({
    need: 'a type, such as float32(784) or struct({ x: float32(784), y: int32() })',
    fits: (value) => isType(value) && value.kind !== 'federated' && value.kind !== 'function',
    advice: (value) => {
      if (isType(value)) return 'Say what the data is, without its place';
      return isRecordOfTypes(value) ? `Write struct({ ${Object.keys(value).join(', ')} })` : null;
    },
  }),
  /** 64 bits: what `seedFrom` and `deriveSeed` give. */
  seed: ofKind({
    need: 'a seed, such as seedFrom(1)',
    fits: isSeed,
    advice: (value) =>
      Number.isSafeInteger(value) && (value as number) >= 0 ? `Write seedFrom(${value})` : null,
  }),
  /** A tensor as Starling has it, rather than a plain array or a tensor of tf.js. */
  tensor: ofKind({ need: "a tensor, such as tensor('float32', [2], Float32Array.of(0, 0))", fits: isTensor }),
} as const;

function isRecordOfTypes(value: unknown): value is Readonly<Record<string, Type>> {
  if (typeof value !== 'object' || value === null) return false;
  const parts = Object.values(value);
  return parts.length > 0 && parts.every(isType);
}
