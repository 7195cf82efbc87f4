import { float32, seedFrom, sequence, tensor } from '@starling/federated-core';
import { functionType } from '@starling/federated-core/plan';
import { encodeModel } from '@starling/onnx';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../../engine/engine.js';
import type { GraphArtifact } from '../../engine/graph-artifact.js';
import type { KernelGraph, ReduceNode } from '../../graph/kernel-graph.js';
import { lowerGraph } from '../../lowering/lower-graph.js';
import { createOnnxEngine } from './onnx-engine.js';

const seed = seedFrom(1);

function artifact(id: string, graph: KernelGraph): GraphArtifact {
  const { onnx, feeds } = lowerGraph(graph);
  const { parameter, result } = functionType(sequence(float32()), float32());
  return { id, name: id, parameter, result, kernels: new Uint8Array(), onnx: encodeModel(onnx), feeds };
}

/** result = x + 1. */
const increment: KernelGraph = {
  values: [
    { dtype: 'float32', shape: [2] },
    { dtype: 'float32', shape: [] },
    { dtype: 'float32', shape: [2] },
  ],
  inputs: [0],
  constants: [{ value: 1, tensor: tensor('float32', [], Float32Array.of(1)) }],
  nodes: [{ op: 'kernel', kernel: 'Add', inputs: { a: 0, b: 1 }, attributes: {}, outputs: [2] }],
  outputs: [2],
};

/** Body of a masked sum: state + Σ element · mask, over batches of 2. */
const maskedSum: KernelGraph = {
  values: [
    { dtype: 'float32', shape: [] },
    { dtype: 'float32', shape: [2] },
    { dtype: 'float32', shape: [2] },
    { dtype: 'float32', shape: [2] },
    { dtype: 'float32', shape: [] },
    { dtype: 'float32', shape: [] },
  ],
  inputs: [0, 1, 2],
  constants: [],
  nodes: [
    { op: 'kernel', kernel: 'Multiply', inputs: { a: 1, b: 2 }, attributes: {}, outputs: [3] },
    {
      op: 'kernel',
      kernel: 'Sum',
      inputs: { x: 3 },
      attributes: { axis: [0], keepDims: false },
      outputs: [4],
    },
    { op: 'kernel', kernel: 'Add', inputs: { a: 0, b: 4 }, attributes: {}, outputs: [5] },
  ],
  outputs: [5],
};

const sumInBatches = (view: Partial<ReduceNode['view']>): KernelGraph => ({
  values: [
    { dtype: 'float32', shape: [-1] },
    { dtype: 'float32', shape: [] },
    { dtype: 'float32', shape: [] },
  ],
  inputs: [0],
  constants: [{ value: 1, tensor: tensor('float32', [], Float32Array.of(0.5)) }],
  nodes: [
    {
      op: 'reduce',
      columns: [0],
      view: { batchSize: 2, shuffle: false, epochs: 1, dropRemainder: false, take: null, ...view },
      initial: [1],
      captures: [],
      body: maskedSum,
      outputs: [2],
    },
  ],
  outputs: [2],
});

describe('createOnnxEngine', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await createOnnxEngine();
  });
  afterAll(() => engine.dispose());

  test('`run` gives the leaves of the result in fresh memory', async () => {
    const graph = await engine.load(artifact('increment', increment));
    const x = tensor('float32', [2], Float32Array.of(1, 2));
    const [first] = await graph.run([x], seed);
    const [second] = await graph.run([x], seed);
    expect(first).toEqual(tensor('float32', [2], Float32Array.of(2, 3)));
    expect(first?.data).not.toBe(second?.data);
    expect(x.data).toEqual(Float32Array.of(1, 2));
  });

  test('`run` takes inputs in shared memory', async () => {
    const graph = await engine.load(artifact('increment', increment));
    const shared = new Float32Array(new SharedArrayBuffer(8));
    shared.set([4, 5]);
    const [result] = await graph.run([tensor('float32', [2], shared)], seed);
    expect(result?.data).toEqual(Float32Array.of(5, 6));
  });

  test('`run` throws a TypeError that names leaf, need and actual when a shape or dtype differs', async () => {
    const graph = await engine.load(artifact('increment', increment));
    const wrongShape = tensor('float32', [3], new Float32Array(3));
    await expect(graph.run([wrongShape], seed)).rejects.toThrow(
      "Cannot run 'increment': leaf 0 must be float32[2], got float32[3]",
    );
    const wrongType = tensor('int32', [2], new Int32Array(2));
    await expect(graph.run([wrongType], seed)).rejects.toThrow('must be float32[2], got int32[2]');
    await expect(graph.run([], seed)).rejects.toThrow('it takes 1 leaves, got 0');
  });

  // 1 + 2 + 4 + 8 + 16 = 31 from a start of 0.5; the last batch holds one element and one padding.
  test('`run` folds a dataset in masked batches', async () => {
    const graph = await engine.load(artifact('sum', sumInBatches({})));
    const column = tensor('float32', [5], Float32Array.of(1, 2, 4, 8, 16));
    const [sum] = await graph.run([column], seed);
    expect(sum?.data).toEqual(Float32Array.of(31.5));
  });

  test('`run` gives the initial state when the dataset is empty', async () => {
    const graph = await engine.load(artifact('sum', sumInBatches({})));
    const [sum] = await graph.run([tensor('float32', [0], new Float32Array(0))], seed);
    expect(sum?.data).toEqual(Float32Array.of(0.5));
  });

  // Three epochs, shuffled: every element three times, whatever the order. Left-out remainders: 1 + 2 + 4 + 8.
  test('`run` walks the dataset as the view says', async () => {
    const column = tensor('float32', [5], Float32Array.of(1, 2, 4, 8, 16));
    const epochs = await engine.load(artifact('epochs', sumInBatches({ epochs: 3, shuffle: true })));
    expect((await epochs.run([column], seed))[0]?.data).toEqual(Float32Array.of(93.5));
    const dropped = await engine.load(artifact('dropped', sumInBatches({ dropRemainder: true })));
    expect((await dropped.run([column], seed))[0]?.data).toEqual(Float32Array.of(15.5));
    const taken = await engine.load(artifact('taken', sumInBatches({ take: 3 })));
    expect((await taken.run([column], seed))[0]?.data).toEqual(Float32Array.of(7.5));
  });
});
