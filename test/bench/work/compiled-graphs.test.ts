// What a client of the standard work runs, counted: a loss, a kernel's rule or a pass that is written anew and leaves
// more behind would pass every test of values and make a step slower. Counts are derived, type by type; where fewer do,
// count anew. Reshapes and shapes are left out: they move no numbers. The wall clock is in docs/performance.md.
import { tfl } from '@starling/compute';
import { compileGraph } from '@starling/compute/graph';
import { float32, type IterativeProcess, int32, struct, type Type } from '@starling/federated-core';
import {
  accuracy,
  federatedAveraging,
  type Loss,
  layersModel,
  type Metric,
  sgd,
  sigmoidCrossentropy,
  softmaxCrossentropy,
} from '@starling/learning';
import { decodeModel, type OnnxGraph, type OnnxNode } from '@starling/onnx';
import { beforeAll, describe, expect, test } from 'vitest';
import { clientWork } from './client-work.js';
import { CLASSES, SIDE } from './standard-data.js';
import { workProcess } from './standard-work.js';

type Counts = Readonly<Record<string, number>>;

const MOVES_NOTHING: readonly string[] = ['Reshape', 'Shape', 'Identity'];

function countsOf(nodes: readonly OnnxNode[]): Counts {
  const counts: Record<string, number> = {};
  for (const { op } of nodes) {
    if (!MOVES_NOTHING.includes(op)) counts[op] = (counts[op] ?? 0) + 1;
  }
  return counts;
}

/** Counts of several parts together. */
function together(...parts: readonly Counts[]): Counts {
  const counts: Record<string, number> = {};
  for (const [op, count] of parts.flatMap(Object.entries)) counts[op] = (counts[op] ?? 0) + count;
  return counts;
}

interface Compiled {
  readonly graph: OnnxGraph;
  /** What each step runs. */
  readonly step: readonly OnnxNode[];
}

/** The portable graph of a client, after all passes. */
function compiled(process: IterativeProcess): Compiled {
  const { onnx } = compileGraph(clientWork(process));
  const graph = decodeModel(onnx as Uint8Array);
  const [loop] = graph.nodes.filter(({ op }) => op === 'Loop');
  const body = loop?.attributes['body'];
  if (body?.kind !== 'graph') throw new TypeError('Cannot count operators: need a Loop over steps, got none');
  return { graph, step: body.value.nodes };
}

/** Images of a batch by their indices, and of what is computed for all steps: indices, labels, quotients, the mask. */
const BATCH: Counts = { Gather: 1 + 4 };

/**
 * LogSoftmax of the logits times the one-hot labels, summed over classes; its gradient is exp(log p) − y, times the
 * quotient of each row. There is no softmax by itself, no guard for NaN, and no check of labels: all that is of the
 * labels alone is computed once a client.
 */
const CROSS_ENTROPY: Counts = { LogSoftmax: 1, Mul: 2, ReduceSum: 1, Exp: 1, Sub: 1 };

/** The loss of the rows that are examples, added up, and taken from the negative total. */
const TOTAL_LOSS: Counts = { Mul: 1, ReduceSum: 1, Sub: 1 };

/** w − η g, where it is not part of a Gemm. */
const UPDATE: Counts = { Mul: 1, Sub: 1 };

/** x w + b; w − η xᵀ dy, so that the gradient is never written out; the gradient of the bias, and its step. */
const DENSE: Counts = together({ Gemm: 2, ReduceSum: 1 }, UPDATE);

/** dy wᵀ, which a first layer has no use for. */
const DENSE_INPUT_GRADIENT: Counts = { Gemm: 1 };

/** The mask of its gradient comes of its output: y > 0. */
const RELU: Counts = { Relu: 1, Greater: 1, Cast: 1, Mul: 1 };

/**
 * Nine shifts of the image beside each other, and a column of ones for the bias, laid into overlapping tiles; one
 * product with the filter and its row of biases. Its gradient is one product too, split into the filter's and the
 * bias's.
 */
const FIRST_CONVOLUTION: Counts = together(
  { Slice: 9, Concat: 2, Gather: 1, Gemm: 1, Transpose: 1, MatMul: 1, Split: 1 },
  UPDATE,
  UPDATE,
);

/**
 * Winograd's algorithm. Forward: transforms of image and filter, their product, and the transform back. Backward: the
 * transform of dy, for the image its product with the filter and the transform back, for the filter its product with
 * the image and the transform back; both turn what stands on one side of the product. The bias is added by itself,
 * since it comes after the pooling.
 */
const WINOGRAD: Counts = together(
  { MatMul: 4 + 1 + 2 + 2, Transpose: 2 },
  { Add: 1, ReduceSum: 1 },
  UPDATE,
  UPDATE,
);

/**
 * Sums of pixels over channels, of which those that are 0 are counted by a product with what each output reads; zeros
 * are written over outputs that read nothing else.
 */
const EXACT_ZEROS: Counts = {
  ReduceSum: 1,
  Equal: 2,
  Cast: 1,
  MatMul: 1,
  NonZero: 1,
  Slice: 1,
  Concat: 1,
  Expand: 1,
  ScatterND: 1,
};

/**
 * Four parts of each window and the largest of them. Backward each of the first three takes dy where it is the largest
 * and nothing is taken yet; the fourth has the rest; all four stand beside each other again.
 */
const POOLING: Counts = { Slice: 4, Max: 3, Equal: 3, Cast: 3, Mul: 3, Sub: 3, Concat: 1 };

/** Out of tiles into rows for the dense layer, and back. */
const FLATTEN_TILES: Counts = { Transpose: 2 };

describe('the compiled work of a client of `lr`', () => {
  let lr: Compiled;
  beforeAll(() => {
    lr = compiled(workProcess('lr'));
  });

  test('has in a step one dense layer, the cross-entropy, and the total of its losses', () => {
    expect(countsOf(lr.step)).toEqual(together(BATCH, DENSE, CROSS_ENTROPY, TOTAL_LOSS));
  });

  test('makes one-hot labels of all steps by one table, before the first', () => {
    const { graph } = lr;
    const constants = new Map(graph.constants.map(({ value, tensor }) => [value.name, tensor]));
    const tables = graph.nodes.flatMap(({ op, inputs }) => {
      const table = op === 'Gather' ? constants.get(inputs[0]?.name ?? '') : undefined;
      return table === undefined ? [] : [table.shape];
    });
    // A row for each class, and one at either end for what is none.
    expect(tables).toEqual([[CLASSES + 2, CLASSES]]);
  });

  test('runs once a client what depends on its labels and its mask alone', () => {
    expect(countsOf(lr.graph.nodes)).toEqual(
      together(
        // Labels by their indices, moved by 1 and brought between the ends of the table, and their rows of it.
        { Gather: 2, Add: 1, Clip: 1 },
        // The mask over the number of examples of each step, which is at least 1.
        { ReduceSum: 1, Max: 1, Div: 1 },
        // The number of examples trained on, in float64, and the weight, of int64 by int32.
        { Cast: 2, ReduceSum: 1 },
        { Cast: 2 },
        // The steps; the update of each weight and bias.
        { Loop: 1, Sub: 2 },
      ),
    );
  });
});

describe('the compiled work of a client of `cnn`', () => {
  let cnn: Compiled;
  beforeAll(() => {
    cnn = compiled(workProcess('cnn'));
  });

  test('has in a step two convolutions, pooling and two dense layers', () => {
    expect(countsOf(cnn.step)).toEqual(
      together(
        BATCH,
        ...[FIRST_CONVOLUTION, RELU, WINOGRAD, EXACT_ZEROS, POOLING, RELU, FLATTEN_TILES],
        ...[DENSE, DENSE_INPUT_GRADIENT, RELU, DENSE, DENSE_INPUT_GRADIENT],
        ...[CROSS_ENTROPY, TOTAL_LOSS],
      ),
    );
  });

  test('runs once a client no more than `lr` does, the update of eight weights, and the places of tiles', () => {
    const extra = together(
      { Sub: 8 - 2 },
      // Places of pixels in tiles: six rows and columns of tiles, each of six by six, in 20 images; the column of ones.
      { Add: 4, Expand: 1 },
    );
    const lr = compiled(workProcess('lr'));
    expect(countsOf(cnn.graph.nodes)).toEqual(together(countsOf(lr.graph.nodes), extra));
  });
});

describe('checks of labels', () => {
  /** The counts of a step of one dense layer of `units` outputs, of examples and batches as large as those of `lr`. */
  function trained(units: number, label: Type, loss: Loss, metrics: Readonly<Record<string, Metric>> = {}) {
    const build = () => tfl.sequential({ layers: [tfl.layers.dense({ inputShape: [SIDE * SIDE], units })] });
    const model = layersModel(build, {
      example: struct({ x: float32(SIDE * SIDE), y: label }),
      loss,
      metrics,
    });
    const clientOptimizer = sgd({ learningRate: 0.1 });
    return countsOf(compiled(federatedAveraging({ model, clientOptimizer, batchSize: 20 })).step);
  }

  test('of floats as classes leave nothing in a step that those of integers do not', () => {
    const counts = trained(CLASSES, float32(), softmaxCrossentropy);
    expect(counts).toEqual(together(BATCH, DENSE, CROSS_ENTROPY, TOTAL_LOSS));
  });

  test('divide what is there before the first step, not the losses and metrics of a step', () => {
    expect(trained(CLASSES, int32(), softmaxCrossentropy, { accuracy })).not.toHaveProperty('Div');
    // The one that is left is the gradient of the logarithm, over 1 + e^−|z|.
    expect(trained(1, float32(), sigmoidCrossentropy)).toHaveProperty('Div', 1);
  });
});
