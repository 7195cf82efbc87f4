import {
  createOnnxEngine,
  createTfjsEngine,
  localComputation,
  type TensorStructure,
  type tf,
} from '@starling/compute';
import { compileGraph } from '@starling/compute/graph';
import {
  float32,
  type Generator,
  generator,
  int32,
  type LocalComputation,
  seedFrom,
  struct,
  type Tensor,
  tensor,
} from '@starling/federated-core';
import { sizeOf } from '@starling/federated-core/plan';
import { describe, expect, test } from 'vitest';
import { boundNorm } from './bound-norm.js';

const LARGEST = 3.4028234663852886e38;
const SMALLEST = 2 ** -149;

/** In float64, whose range holds the squares of all float32 numbers. */
function normOf(leaves: readonly Float32Array[]): number {
  let sum = 0;
  for (const leaf of leaves) for (const x of leaf) sum += x * x;
  return Math.sqrt(sum);
}

interface Bounded {
  readonly leaves: readonly Float32Array[];
  readonly isLonger: boolean;
}

/** `boundNorm` of leaves of these shapes, on one engine. */
async function bounding(
  shapes: readonly (readonly number[])[],
  makeEngine: () => ReturnType<typeof createOnnxEngine>,
) {
  const update = struct(
    Object.fromEntries(shapes.map((shape, index) => [`leaf${index}`, float32(...shape)])),
  );
  const local = localComputation({ update, clipNorm: float32() }, (argument) => {
    const { update, clipNorm } = argument as unknown as {
      readonly update: TensorStructure;
      readonly clipNorm: tf.Tensor;
    };
    const { value, isLonger } = boundNorm(update, clipNorm);
    return [value, isLonger];
  });
  const engine = await makeEngine();
  const loaded = await engine.load(compileGraph(local as unknown as LocalComputation));
  return async (leaves: readonly Float32Array[], clipNorm: number): Promise<Bounded> => {
    const tensors: Tensor[] = leaves.map((leaf, index) => tensor('float32', shapes[index] ?? [], leaf));
    const results = await loaded.run([...tensors, tensor('float32', [], Float32Array.of(clipNorm))], [1, 2]);
    const made = results.map(({ data }) => data);
    return { leaves: made.slice(0, -1) as Float32Array[], isLonger: made.at(-1)?.[0] === 1 };
  };
}

/** With one zero: some kernels of tf.js make −0 a 0. */
const unsigned = (leaf: Float32Array): Float32Array => leaf.map((x) => x + 0);

/** Numbers of magnitudes around 2^exponent, over `spread` powers of two. */
function drawn(random: Generator, size: number, exponent: number, spread: number): Float32Array {
  return Float32Array.from({ length: size }, () => {
    const power = exponent + Math.round((random.uniform() - 0.5) * spread);
    const x = (1 + random.uniform()) * 2 ** power * (random.uniform() < 0.5 ? -1 : 1);
    return Math.max(-LARGEST, Math.min(LARGEST, x));
  });
}

const SHAPES: readonly (readonly (readonly number[])[])[] = [
  [[]],
  [[2]],
  [[3, 5], [], [0], [7]],
  [[129], [128], [127, 3]],
  [[20_001], [4, 4, 64]],
  Array.from({ length: 200 }, (_, index) => [index % 5, 3]),
];

const ENGINES = [
  ['onnx', () => createOnnxEngine()],
  ['tfjs', () => createTfjsEngine()],
  ['tfjs on wasm', () => createTfjsEngine({ backend: 'wasm' })],
] as const;

describe.each(ENGINES)('boundNorm on %s', (_, makeEngine) => {
  test('gives a norm of at most the bound and no less than 2e-5 below it, whatever the magnitudes', async () => {
    const random = generator(seedFrom(7));
    for (const shapes of SHAPES) {
      const bound = await bounding(shapes, makeEngine);
      for (let turn = 0; turn < 12; turn++) {
        // From the smallest subnormal to the largest number, alike or spread over many powers of two.
        const exponent = -149 + random.below(277);
        const spread = random.below(2) * random.below(60);
        const leaves = shapes.map((shape) => drawn(random, sizeOf(shape), exponent, spread));
        const norm = normOf(leaves);
        // Bounds near the norm, where rounding decides, and far from it.
        const near = norm * (1 + (random.uniform() - 0.5) * 2 ** -random.below(24));
        const clipNorm = Math.fround(
          Math.min(1e38, Math.max(1e-30, turn % 2 === 0 ? near : norm * 2 ** (random.below(40) - 30))),
        );
        const bounded = await bound(leaves, clipNorm);
        const exact = normOf(bounded.leaves);
        expect(exact).toBeLessThanOrEqual(clipNorm);
        expect(exact).toBeGreaterThanOrEqual(Math.min(norm, clipNorm) * (1 - 2e-5));
        if (norm <= clipNorm * (1 - 2e-5)) expect(bounded.leaves.map(unsigned)).toEqual(leaves.map(unsigned));
        if (Math.abs(norm / clipNorm - 1) > 2e-5) expect(bounded.isLonger).toBe(norm > clipNorm);
      }
    }
  }, 120_000);

  test('keeps zeros, and the direction of what it shortens', async () => {
    const bound = await bounding([[2], [1]], makeEngine);
    const zeros = [Float32Array.of(0, 0), Float32Array.of(0)];
    expect(await bound(zeros, 1)).toEqual({ leaves: zeros, isLonger: false });
    // (3, 4, 0) · 1e20 has norm 5e20, whose square overflows; (2, 1, 2) times the smallest number is far below the
    // bound.
    const { leaves, isLonger } = await bound([Float32Array.of(3e20, -4e20), Float32Array.of(0)], 1);
    expect(isLonger).toBe(true);
    expect(leaves[0]?.[0]).toBeCloseTo(0.6, 5);
    expect(leaves[0]?.[1]).toBeCloseTo(-0.8, 5);
    const tiny = [Float32Array.of(2 * SMALLEST, SMALLEST), Float32Array.of(-2 * SMALLEST)];
    expect(await bound(tiny, 1e-30)).toEqual({ leaves: tiny, isLonger: false });
    // A norm of exactly the bound is not longer, and known to a few units in the last place.
    const exact = await bound([Float32Array.of(3, 4), Float32Array.of(0)], 5);
    expect(exact.isLonger).toBe(false);
    expect(normOf(exact.leaves)).toBeGreaterThan(5 * (1 - 3e-6));
  });

  test('leaves what is not finite as it is no number to clip', async () => {
    const bound = await bounding([[2]], makeEngine);
    for (const wrong of [Number.NaN, Number.POSITIVE_INFINITY]) {
      const { leaves } = await bound([Float32Array.of(1, wrong)], 1);
      expect(Array.from(leaves[0] as Float32Array).some((x) => !Number.isFinite(x))).toBe(true);
    }
  });
});

describe('boundNorm', () => {
  test('throws when a tensor is not float32', () => {
    const update = struct({ weights: float32(2), counts: int32(3) });
    expect(() => localComputation({ update }, ({ update }) => boundNorm(update as never, 1).value)).toThrow(
      'Cannot bound a norm: tensors must be float32, got a tf.js tensor int32[3]',
    );
  });

  test('holds ten million equal numbers to the bound', async () => {
    const bound = await bounding([[10_000_000]], createOnnxEngine);
    const { leaves, isLonger } = await bound([new Float32Array(10_000_000).fill(0.1)], 1);
    const exact = normOf(leaves);
    expect(isLonger).toBe(true);
    expect(exact).toBeLessThanOrEqual(1);
    expect(exact).toBeGreaterThan(1 - 2e-5);
  });
});
