// The inner loops of folding on 128-bit vectors: the same bits as `plainVectors`, three times as fast. They work on
// sums that lie in one shared memory; values from elsewhere pass through a block of scratch there.
import { type NumberArray, plainVectors, type VectorKernels } from '@starling/federated-core/plan';
import { NUMBERS_A_TURN, simdModuleBytes } from './simd-module.js';
import { Instance, Module, type SharedMemory, validate } from './web-assembly.js';

/** Bytes of scratch that each thread needs. */
export const SCRATCH_BYTES = 1 << 18;
const BLOCK = SCRATCH_BYTES / Float32Array.BYTES_PER_ELEMENT;
/** Sums from elsewhere take the second half of the scratch, while the first takes their quotients. */
const SUMS_BLOCK = SCRATCH_BYTES / 2 / Float64Array.BYTES_PER_ELEMENT;
/** Below this, calling costs more than it saves. */
const FEWEST = 256;

/** Whether this machine has 128-bit vectors. */
export function hasSimd(): boolean {
  return validate(simdModuleBytes);
}

/** `scratch` is the address of `SCRATCH_BYTES` in `memory` that no other thread writes. */
export function simdVectors(memory: SharedMemory, scratch: number): VectorKernels {
  const { buffer } = memory;
  const module = new Module(simdModuleBytes);
  const loops = new Instance(module, { env: { memory } }).exports as unknown as Loops;
  const block = new Float32Array(buffer, scratch, BLOCK);
  const sumsBlock = new Float64Array(buffer, scratch + SCRATCH_BYTES / 2, SUMS_BLOCK);
  /** What the block holds, from a check until it is added: an update is checked and then added, and read once. */
  let held: Float32Array | null = null;

  /** Gives how many of the values are taken: whole turns. */
  const weighted = (
    loop: Loops['addWeighted'],
    sum: Float64Array,
    values: Float32Array,
    weight: number,
  ): number => {
    const whole = values.length - (values.length % NUMBERS_A_TURN);
    for (let start = 0; start < whole; start += BLOCK) {
      const end = Math.min(start + BLOCK, whole);
      if (held !== values) block.set(values.subarray(start, end));
      loop(addressOf(sum, start), scratch, addressOf(sum, end), weight);
    }
    held = null;
    return whole;
  };
  const isTaken = (sum: Float64Array, values: NumberArray): values is Float32Array =>
    sum.buffer === buffer && values instanceof Float32Array && values.length >= FEWEST;
  const addWeighted = (sum: Float64Array, values: NumberArray, weight: number): void => {
    if (!isTaken(sum, values)) {
      plainVectors.addWeighted(sum, values, weight);
      return;
    }
    const whole = weighted(loops.addWeighted, sum, values, weight);
    for (let index = whole; index < values.length; index++) {
      sum[index] = sum[index]! + weight * values[index]!;
    }
  };

  return {
    addWeighted,
    setWeighted(sum, values, weight) {
      if (!isTaken(sum, values)) {
        plainVectors.setWeighted(sum, values, weight);
        return;
      }
      const whole = weighted(loops.setWeighted, sum, values, weight);
      for (let index = whole; index < values.length; index++) sum[index] = 0 + weight * values[index]!;
    },
    add(sum, values) {
      if (values instanceof Float32Array) {
        addWeighted(sum, values, 1);
      } else if (sum.buffer !== buffer || values.buffer !== buffer || values.length < FEWEST) {
        plainVectors.add(sum, values);
      } else if (values instanceof Float64Array) {
        const whole = values.length - (values.length % NUMBERS_A_TURN);
        loops.add(sum.byteOffset, values.byteOffset, addressOf(sum, whole));
        for (let index = whole; index < values.length; index++) sum[index] = sum[index]! + values[index]!;
      } else {
        plainVectors.add(sum, values);
      }
    },
    divide(target, sum, divisor) {
      if (!(target instanceof Float32Array) || sum.length < FEWEST) {
        return plainVectors.divide(target, sum, divisor);
      }
      held = null;
      let areFinite = true;
      const whole = sum.length - (sum.length % NUMBERS_A_TURN);
      for (let start = 0; start < whole; start += SUMS_BLOCK) {
        const part = sum.subarray(start, Math.min(start + SUMS_BLOCK, whole));
        const dividends = sum.buffer === buffer ? part : sumsBlock;
        if (dividends === sumsBlock) sumsBlock.set(part);
        const end = addressOf(dividends, part.length);
        if (loops.divide(dividends.byteOffset, scratch, end, divisor) === 0) areFinite = false;
        target.set(block.subarray(0, part.length), start);
      }
      for (let index = whole; index < sum.length; index++) {
        target[index] = sum[index]! / divisor;
        if (!Number.isFinite(target[index])) areFinite = false;
      }
      return areFinite;
    },
    areFinite(values) {
      if (!(values instanceof Float32Array) || values.length < FEWEST) return plainVectors.areFinite(values);
      for (let start = 0; start < values.length; start += BLOCK) {
        const part = start === 0 && values.length <= BLOCK ? values : values.subarray(start, start + BLOCK);
        const turns = Math.ceil(part.length / NUMBERS_A_TURN) * NUMBERS_A_TURN;
        block.set(part);
        block.fill(0, part.length, turns);
        if (loops.areFinite(scratch, addressOf(block, turns)) === 0) return false;
      }
      held = values.length <= BLOCK ? values : null;
      return true;
    },
  };
}

interface Loops {
  addWeighted(sum: number, values: number, end: number, weight: number): void;
  setWeighted(sum: number, values: number, end: number, weight: number): void;
  add(sum: number, values: number, end: number): void;
  divide(sum: number, values: number, end: number, divisor: number): number;
  areFinite(values: number, end: number): number;
}

function addressOf(array: Float32Array | Float64Array, index: number): number {
  return array.byteOffset + index * array.BYTES_PER_ELEMENT;
}
