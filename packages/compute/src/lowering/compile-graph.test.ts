import { float32, int32, type LocalComputation } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { localComputation } from '../capture/local-computation.js';
import { random } from '../capture/random.js';
import type { KernelGraph } from '../graph/kernel-graph.js';
import * as tf from '../tensorflow/tf.js';
import { compileGraph } from './compile-graph.js';

describe('compileGraph', () => {
  test('gives the same bytes for the same computation', () => {
    const make = () => localComputation({ x: float32(3), y: float32(3) }, ({ x, y }) => tf.add(x, tf.exp(y)));
    expect(compileGraph(make())).toEqual(compileGraph(make()));
  });

  test('lists the inputs of the model in its order: leaves, then random numbers with their draw', () => {
    const noisy = localComputation({ x: float32(3), n: int32() }, ({ x, n }) =>
      tf.add(tf.add(x, random.normal([3])), tf.add(random.bernoulli([3], 0.5), tf.cast(n, 'float32'))),
    );
    const { feeds } = compileGraph(noisy);
    expect(feeds.map((feed) => [feed.kind, feed.kind === 'random' ? feed.draw : feed.leaf])).toEqual([
      ['argument', 0],
      ['argument', 1],
      ['random', 0],
      ['random', 1],
    ]);
  });

  test('says which kernel cannot be lowered and why, and leaves the model out', () => {
    const picked = localComputation({ x: float32(2, 3, 4), at: int32(2, 2) }, ({ x, at }) =>
      tf.gather(x, at, 2, 1),
    );
    const { onnx, onnxReason, kernels } = compileGraph(picked);
    expect(onnx).toBeNull();
    expect(onnxReason).toBe('Cannot lower GatherV2 to ONNX: axis must be batchDims 1, got 2');
    expect(kernels.length).toBeGreaterThan(0);
  });

  test('throws when a graph reads a value that it never makes', () => {
    const sound = localComputation({ x: float32(3) }, ({ x }) => tf.neg(x));
    const graph = sound.body as KernelGraph;
    const unsound = { ...sound, body: { ...graph, nodes: [] } } as LocalComputation;
    expect(compileGraph(unsound).onnxReason).toMatch(/value 1 is read before it is made/);
  });
});
