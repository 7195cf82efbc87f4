import { type Tensor, tensor } from '@starling/federated-core';
import * as ort from 'onnxruntime-node';
import { beforeAll, describe, expect, test } from 'vitest';
import { attribute, type GraphBuilder } from '../builder/graph-builder.js';
import { decodeModel } from '../model/decode-model.js';
import { encodeModel } from '../model/encode-model.js';
import type { OnnxGraph, OnnxValue } from '../model/onnx-model.js';
import { graphOf, operatorsOf } from '../testing/pass-check.js';
import { scanOf } from '../testing/scan.js';
import { fitToMachine } from './fit-to-machine.js';
import { probeBlockSize } from './probe-block-size.js';

async function run(model: Uint8Array, inputs: readonly Tensor[]): Promise<Tensor> {
  const session = await ort.InferenceSession.create(model, { intraOpNumThreads: 1, logSeverityLevel: 4 });
  const feeds = session.inputNames.map((name, i) => {
    const { data, shape } = inputs[i] as Tensor;
    return [name, new ort.Tensor('float32', data as Float32Array, [...shape])] as const;
  });
  const results = await session.run(Object.fromEntries(feeds));
  const { data, dims } = results[session.outputNames[0] as string] as ort.Tensor;
  await session.release();
  return tensor('float32', dims, data as Float32Array);
}

let block: number | null = null;
beforeAll(async () => {
  block = await probeBlockSize((model, input) => run(model, [input]));
});

/** The operators of the fitted model, after checking that it computes what the model computed. */
async function fitted(graph: OnnxGraph): Promise<string> {
  const inputs = graph.inputs.map(({ shape }, n) => {
    const size = shape.reduce((product, axis) => product * axis, 1);
    return tensor(
      'float32',
      shape,
      Float32Array.from({ length: size }, (_, i) => Math.sin(1.7 * i + n) / 4),
    );
  });
  const model = encodeModel(graph);
  const changed = fitToMachine(model, block);
  const [expected, got] = [await run(model, inputs), await run(changed, inputs)];
  expect(got.shape).toEqual(expected.shape);
  expected.data.forEach((value, i) => {
    expect(Math.abs(Number(got.data[i]) - Number(value))).toBeLessThan(1e-5);
  });
  return operatorsOf(decodeModel(changed));
}

const image = (shape: readonly number[]) => ({ dtype: 'float32', shape }) as const;
const pads = { pads: attribute.ints([1, 0, 1, 2]), kernel_shape: attribute.ints([3, 3]) };

const convolution = (b: GraphBuilder, [x, w, bias]: readonly OnnxValue[]): OnnxValue =>
  b.emitOne('Conv', [x!, w!, bias!], image([2, 16, 6, 6]), pads);

describe('fitToMachine', () => {
  test('leaves convolutions when there are no blocked ones, and a model that is not its own', () => {
    const shapes = [[2, 16, 6, 6], [16, 16, 3, 3], [16]];
    const model = encodeModel(graphOf(shapes, (b, inputs) => [convolution(b, inputs)]));
    expect(operatorsOf(decodeModel(fitToMachine(model, null)))).toBe('Conv');
    const foreign = Uint8Array.of(1, 2, 3);
    expect(fitToMachine(foreign, 16)).toBe(foreign);
  });

  test('keeps a convolution, its relu and channels-last neighbours in blocks', async ({ skip }) => {
    if (block === null) skip('this processor has no blocked convolutions');
    const graph = graphOf([[2, 6, 6, 32], [16, 32, 3, 3], [16]], (b, [x, w, bias]) => {
      const y = b.unary('Relu', convolution(b, [b.transpose(x!, [0, 3, 1, 2]), w!, bias!]));
      return [b.transpose(y, [0, 2, 3, 1])];
    });
    expect(await fitted(graph)).toBe('ReorderInput Reshape Transpose Reshape Conv ReorderOutput');
  });

  test('computes the input gradient as a convolution with the filter turned round', async ({ skip }) => {
    if (block === null) skip('this processor has no blocked convolutions');
    const graph = graphOf(
      [
        [2, 16, 6, 6],
        [16, 32, 3, 3],
      ],
      (b, [dy, w]) => [b.emitOne('ConvTranspose', [dy!, w!], image([2, 32, 6, 6]), pads)],
    );
    expect(await fitted(graph)).toContain('ReorderInput');
  });

  // (9 + 1 + 0 − 3) / 2 + 1 = 4 rows and (8 + 0 + 1 − 5) / 2 + 1 = 3 columns: the filter reaches 5 columns far.
  test('keeps strides, dilations and uneven padding', async ({ skip }) => {
    if (block === null) skip('this processor has no blocked convolutions');
    const graph = graphOf(
      [
        [1, 16, 9, 8],
        [32, 16, 3, 3],
      ],
      (b, [x, w]) => [
        b.emitOne('Conv', [x!, w!], image([1, 32, 4, 3]), {
          kernel_shape: attribute.ints([3, 3]),
          pads: attribute.ints([1, 0, 0, 1]),
          strides: attribute.ints([2, 2]),
          dilations: attribute.ints([1, 2]),
        }),
      ],
    );
    expect(await fitted(graph)).toBe('ReorderInput Reshape Transpose Reshape Conv ReorderOutput');
  });

  test('leaves the gradient of a strided convolution', async () => {
    const graph = graphOf(
      [
        [1, 16, 4, 4],
        [16, 32, 2, 2],
      ],
      (b, [dy, w]) => [
        b.emitOne('ConvTranspose', [dy!, w!], image([1, 32, 8, 8]), {
          kernel_shape: attribute.ints([2, 2]),
          pads: attribute.ints([0, 0, 0, 0]),
          strides: attribute.ints([2, 2]),
        }),
      ],
    );
    expect(await fitted(graph)).toBe('ConvTranspose');
  });

  test('leaves convolutions with odd numbers of channels', async () => {
    const graph = graphOf([[2, 3, 6, 6], [16, 3, 3, 3], [16]], (b, inputs) => [convolution(b, inputs)]);
    expect(await fitted(graph)).toBe('Conv');
  });

  test('computes the product of a step as a convolution, its matrix laid out before the steps', async ({
    skip,
  }) => {
    if (block === null) skip('this processor has no blocked convolutions');
    const graph = scanOf(
      [
        [64, 512],
        [512, 3],
        [3, 64],
      ],
      ({ builder: b, state, outer: [w, back, wide] }) => {
        const rows = b.matMul(state, wide!);
        const product = b.emitOne(
          'Gemm',
          [rows, b.transpose(w!, [1, 0])],
          { dtype: 'float32', shape: [2, 512] },
          { transB: attribute.int(1) },
        );
        return [b.unary('Tanh', b.matMul(product, back!))];
      },
    );
    // The transpose stands within the step here, so that the pass must not take the matrix for one from outside.
    expect(await fitted(graph)).not.toContain('ReorderInput');
    const outside = graphOfScanWithMatrix();
    expect(await fitted(outside)).toMatch(
      /^Reshape Transpose Reshape Scan\[.*ReorderInput Conv ReorderOutput/,
    );
  });
});

function graphOfScanWithMatrix(): OnnxGraph {
  return scanOf(
    [
      [512, 64],
      [512, 3],
      [3, 64],
    ],
    ({ builder: b, state, outer: [w, back, wide] }) => {
      const rows = b.matMul(state, wide!);
      const product = b.emitOne(
        'Gemm',
        [rows, w!],
        { dtype: 'float32', shape: [2, 512] },
        { transB: attribute.int(1) },
      );
      return [b.unary('Tanh', b.matMul(product, back!))];
    },
  );
}
