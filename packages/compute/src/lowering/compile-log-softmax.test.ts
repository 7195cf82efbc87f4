// What tf.js records of a softmax cross-entropy is fused to one operator.
import { decodeModel } from '@starling/onnx';
import { describe, expect, test } from 'vitest';
import { type Body, captured } from '../contract/drawing/agreement.js';
import * as tf from '../tensorflow/tf.js';
import { floats } from '../testing/graphs.js';
import { compileGraph } from './compile-graph.js';

describe('compileGraph', () => {
  // A NaN in a row makes all of its logarithm NaN, so that the maximum need not be guarded.
  test('makes one LogSoftmax of what tf.losses.softmaxCrossEntropy records', async () => {
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
});
