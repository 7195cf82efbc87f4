import { describe, expect, it } from 'vitest';
import { type Body, captured } from '../../engines/contract/agreement.js';
import * as tf from '../../tensorflow/tf.js';
import { floats } from '../../testing/graphs.js';
import { compileGraph } from '../compile-graph.js';
import { decodeModel } from '../decode-model.js';
import type { GraphBuilder } from '../graph-builder.js';
import type { OnnxValue } from '../onnx-model.js';
import { graphOf, operatorsAfter } from '../testing/pass-check.js';
import { fuseLogSoftmax } from './fuse-log-softmax.js';

/** x − (max + log Σ exp(x − max)) over the given axis, as tf.js records it. */
function logSoftmax(b: GraphBuilder, x: OnnxValue, axis: number): OnnxValue {
  const max = b.reduce('ReduceMax', x, [axis], true);
  const sum = b.reduce('ReduceSum', b.unary('Exp', b.binary('Sub', x, max)), [axis], false);
  const total = b.binary('Add', b.reshape(max, sum.shape), b.unary('Log', sum));
  return b.binary('Sub', x, b.reshape(total, max.shape));
}

describe('fuseLogSoftmax', () => {
  it('makes one LogSoftmax of the logarithm, one Softmax of its exponential', async () => {
    const logarithm = graphOf([[4, 5]], (b, [x]) => [logSoftmax(b, x!, 1)]);
    expect(await operatorsAfter(fuseLogSoftmax, logarithm)).toBe('LogSoftmax');
    const exponential = graphOf([[4, 5]], (b, [x]) => [b.unary('Exp', logSoftmax(b, x!, 1))]);
    expect(await operatorsAfter(fuseLogSoftmax, exponential)).toBe('Softmax');
  });

  // A NaN in a row makes all of its logarithm NaN, so that the maximum need not be guarded.
  it('makes one LogSoftmax of what tf.losses.softmaxCrossEntropy records', async () => {
    const logits = [floats([1, 2, 3, 4, 5, 6], [2, 3])];
    const operators = (body: Body): readonly string[] => {
      const { onnx } = compileGraph(captured('logits', logits, body));
      return decodeModel(onnx as Uint8Array).nodes.map(({ op }) => op);
    };
    const labels = tf.tensor2d([1, 0, 0, 0, 0, 1], [2, 3]);
    const loss = ([x]: readonly tf.Tensor[]) => tf.losses.softmaxCrossEntropy(labels, x as tf.Tensor);
    expect(operators(loss)).toContain('LogSoftmax');
    expect(operators(loss)).not.toContain('IsNaN');
  });

  it('keeps the logarithm when it is needed besides', async () => {
    const graph = graphOf([[4, 5]], (b, [x]) => {
      const logarithm = logSoftmax(b, x!, 1);
      return [logarithm, b.unary('Exp', logarithm)];
    });
    expect(await operatorsAfter(fuseLogSoftmax, graph)).toBe('LogSoftmax Exp');
  });

  it('leaves the formula over another axis', async () => {
    const graph = graphOf([[4, 5]], (b, [x]) => [logSoftmax(b, x!, 0)]);
    expect(await operatorsAfter(fuseLogSoftmax, graph)).toContain('Log ');
  });
});
