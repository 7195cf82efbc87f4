import { tensor } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { attribute, type GraphBuilder } from '../../builder/graph-builder.js';
import type { OnnxValue } from '../../model/onnx-model.js';
import { graphOf, operatorsAfter } from '../../testing/pass-check.js';
import { biasRows } from './bias-rows.js';

const ROWS = 1024;

const gemm = (b: GraphBuilder, x: OnnxValue, w: OnnxValue, bias: OnnxValue): OnnxValue =>
  b.emitOne(
    'Gemm',
    [x, w, bias],
    { dtype: 'float32', shape: [x.shape[0] as number, w.shape[1] as number] },
    { alpha: attribute.float(1), beta: attribute.float(1) },
  );

/** dy where the relu of y is positive. */
const throughRelu = (b: GraphBuilder, y: OnnxValue, dy: OnnxValue): OnnxValue =>
  b.binary('Mul', dy, b.cast(b.compare('Greater', b.unary('Relu', y), b.filled('float32', 0)), 'float32'));

/** Two columns side by side, picked row by row. */
const patches = (b: GraphBuilder, columns: OnnxValue): OnnxValue => {
  const parts = [b.unary('Neg', columns), b.unary('Tanh', columns)];
  const order = Int32Array.from({ length: ROWS }, (_, row) => (row * 7) % 64);
  const picked = b.gather(b.concat(parts, 1), b.constant(tensor('int32', [32, 32], order)), 0);
  return b.reshape(picked, [ROWS, 2]);
};

describe('biasRows', () => {
  test('makes a bias and its gradient rows of the filter and its gradient', async () => {
    const graph = graphOf([[64, 1], [2, 3], [3], [ROWS, 3]], (b, [x, filter, bias, dy]) => {
      const seen = patches(b, x!);
      const gradient = throughRelu(b, gemm(b, seen, filter!, bias!), dy!);
      const biasGradient = b.reduce('ReduceSum', b.reshape(gradient, [32, 32, 3]), [0, 1], false);
      return [biasGradient, b.matMul(b.transpose(seen, [1, 0]), gradient)];
    });
    const after = await operatorsAfter(biasRows(), graph);
    expect(after).toBe(
      'Neg Tanh Expand Concat Gather Reshape Reshape Concat Gemm Relu Greater Cast Mul Reshape Transpose Reshape MatMul Slice Reshape Transpose MatMul Slice',
    );
  });

  test.each<[string, (b: GraphBuilder, x: OnnxValue, filter: OnnxValue, bias: OnnxValue) => OnnxValue[]]>([
    ['rows are few', (b, x, filter, bias) => [gemm(b, b.slice(patches(b, x), [0], [0], [64]), filter, bias)]],
    [
      'the bias is one for each row',
      (b, x, filter) => [
        gemm(b, patches(b, x), filter, b.reshape(b.concat(Array(16).fill(x), 0), [ROWS, 1])),
      ],
    ],
    [
      'the matrix is read elsewhere, too',
      (b, x, filter, bias) => {
        const seen = patches(b, x);
        return [gemm(b, seen, filter, bias), b.unary('Neg', seen), b.unary('Abs', seen)];
      },
    ],
    [
      'the matrix is not put together from columns',
      (b, x, filter, bias) => [
        gemm(b, b.unary('Neg', b.reshape(b.concat(Array(32).fill(x), 0), [ROWS, 2])), filter, bias),
      ],
    ],
  ])('leaves a bias when %s', async (_, build) => {
    const graph = graphOf([[64, 1], [2, 3], [3]], (b, [x, filter, bias]) => build(b, x!, filter!, bias!));
    expect(await operatorsAfter(biasRows(), graph)).toBe(graph.nodes.map(({ op }) => op).join(' '));
  });

  test('leaves the sum of a gradient that came another way', async () => {
    const graph = graphOf([[64, 1], [2, 3], [3], [ROWS, 3]], (b, [x, filter, bias, dy]) => [
      gemm(b, patches(b, x!), filter!, bias!),
      b.reduce('ReduceSum', dy!, [0], false),
    ]);
    expect(await operatorsAfter(biasRows(), graph)).toContain('Gemm ReduceSum');
  });
});
