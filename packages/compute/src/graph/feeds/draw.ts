// Random numbers of the three distributions, exactly specified, so that any language can draw the same from a
// seed. All read the words w₀, w₁, … of the seed's Philox stream (random-words.ts) from the start.
import { type Seed, type Tensor, tensor } from '@starling/federated-core';
import { sizeOf } from '@starling/federated-core/plan';
import type { RandomNode } from '../kernel-graph.js';
import { randomWords } from './random-words.js';

/**
 * `uniform`: element i is low + (high − low) · ⌊wᵢ / 2⁸⌋ · 2⁻²⁴, computed in float64, stored as the nearest float32, or
 *   as the nearest one in [low, high) if that lies outside.
 * `normal`: elements 2i and 2i + 1 are mean + stddev · r cos φ and mean + stddev · r sin φ with
 *   r = √(−2 ln((w₂ᵢ + 1) / 2³²)), φ = 2π w₂ᵢ₊₁ / 2³², in float64, stored as float32.
 * `bernoulli`: uint8, 0 or 1. Words are cut into lanes of b bits, lowest first; an element is 1 where its lane is below
 *   p · 2ᵇ. b is the smallest of 1, 2, 4, 8, 16 for which p · 2ᵇ is an integer, else 16 with p · 2¹⁶ rounded to
 *   the nearest integer (half up): p is exact for multiples of 2⁻¹⁶ and within 2⁻¹⁷ of the truth for others.
 */
export function draw(
  distribution: RandomNode['distribution'],
  shape: readonly number[],
  seed: Seed,
): Tensor<'float32'> | Tensor<'uint8'> {
  const size = sizeOf(shape);
  switch (distribution.kind) {
    case 'uniform':
      return tensor('float32', shape, uniform(distribution.low, distribution.high, size, seed));
    case 'normal':
      return tensor('float32', shape, normal(distribution.mean, distribution.stddev, size, seed));
    case 'bernoulli':
      return tensor('uint8', shape, bernoulli(distribution.probability, size, seed));
  }
}

function uniform(low: number, high: number, size: number, seed: Seed): Float32Array {
  const words = randomWords(seed, size);
  const scale = (high - low) * 2 ** -24;
  const numbers = new Float32Array(size);
  for (let i = 0; i < size; i++) numbers[i] = low + scale * ((words[i] as number) >>> 8);
  // Rounding is monotonic: only where one of the outermost numbers leaves the range can any.
  const [least, largest] = floatsWithin(low, high);
  if (Math.fround(low) < least || Math.fround(low + scale * (2 ** 24 - 1)) > largest) {
    for (let i = 0; i < size; i++) {
      numbers[i] = Math.min(Math.max(numbers[i] as number, least), largest);
    }
  }
  return numbers;
}

/** The least and the largest float32 in [low, high). Throws a `RangeError` if there is none. */
export function floatsWithin(low: number, high: number): readonly [number, number] {
  const [least, largest] = [floatNear(low, (x) => x >= low, 1), floatNear(high, (x) => x < high, -1)];
  if (least <= largest) return [least, largest];
  throw new RangeError(
    `Cannot draw uniform numbers: a float32 must lie in [low, high), got ${low} and ${high}`,
  );
}

/** `x` as a float32, or the next one in the direction where that is not `allowed`. */
function floatNear(x: number, allowed: (float: number) => boolean, direction: 1 | -1): number {
  const bits = new Int32Array(1);
  const float = new Float32Array(bits.buffer);
  float[0] = x;
  const nearest = float[0] as number;
  if (allowed(nearest)) return nearest;
  // The bits of floats of one sign are in the order of their magnitudes.
  if (nearest === 0) return direction * 2 ** -149;
  bits[0] = (bits[0] as number) + (nearest > 0 ? direction : -direction);
  return float[0] as number;
}

function normal(mean: number, stddev: number, size: number, seed: Seed): Float32Array {
  const words = randomWords(seed, size + (size % 2));
  const numbers = new Float32Array(size);
  for (let i = 0; i < size; i += 2) {
    const radius = stddev * Math.sqrt(-2 * Math.log(((words[i] as number) + 1) * 2 ** -32));
    const angle = 2 * Math.PI * ((words[i + 1] as number) * 2 ** -32);
    numbers[i] = mean + radius * Math.cos(angle);
    // Past the end of an odd length a typed array ignores the write.
    numbers[i + 1] = mean + radius * Math.sin(angle);
  }
  return numbers;
}

const LANE_BITS = [1, 2, 4, 8, 16];
const WIDEST_LANE = 16;

/** Bits a lane, and the lane values that count as 1: those below `threshold`. */
export function bernoulliLanes(probability: number): { readonly bits: number; readonly threshold: number } {
  if (!(probability >= 0 && probability <= 1)) {
    throw new RangeError(`Cannot draw: a probability must be from 0 to 1, got ${probability}`);
  }
  const bits = LANE_BITS.find((width) => Number.isInteger(probability * 2 ** width)) ?? WIDEST_LANE;
  return { bits, threshold: Math.floor(probability * 2 ** bits + 0.5) };
}

function bernoulli(probability: number, size: number, seed: Seed): Uint8Array {
  const { bits, threshold } = bernoulliLanes(probability);
  const words = randomWords(seed, Math.ceil((size * bits) / 32));
  // Platforms are little-endian: the bytes of a word, and the halves, stand lowest first.
  if (bits === 16) return below(new Uint16Array(words.buffer), threshold, size);
  if (bits === 8) return below(new Uint8Array(words.buffer), threshold, size);
  return byTable(new Uint8Array(words.buffer), bits, threshold).subarray(0, size);
}

function below(lanes: Uint16Array | Uint8Array, threshold: number, size: number): Uint8Array {
  const hits = new Uint8Array(size);
  for (let i = 0; i < size; i++) hits[i] = (lanes[i] as number) < threshold ? 1 : 0;
  return hits;
}

/** Lanes of 1, 2 or 4 bits: a table gives the elements of four lanes (for 4 bits: of two) in one write. */
function byTable(bytes: Uint8Array, bits: number, threshold: number): Uint8Array {
  const lanes = bits === 4 ? 2 : 4;
  const width = bits * lanes;
  const elements = new Uint8Array(2 ** width * lanes);
  for (let i = 0; i < elements.length; i++) {
    const value = Math.floor(i / lanes) >>> (bits * (i % lanes));
    elements[i] = (value & (2 ** bits - 1)) < threshold ? 1 : 0;
  }
  const hits = new Uint8Array((bytes.length * 8) / bits);
  const groups = lanes === 2 ? new Uint16Array(hits.buffer) : new Uint32Array(hits.buffer);
  const table = lanes === 2 ? new Uint16Array(elements.buffer) : new Uint32Array(elements.buffer);
  if (width === 8) {
    for (let i = 0; i < bytes.length; i++) groups[i] = table[bytes[i] as number] as number;
  } else {
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i] as number;
      groups[2 * i] = table[byte & 15] as number;
      groups[2 * i + 1] = table[byte >>> 4] as number;
    }
  }
  return hits;
}
