import { float32, int32, sequence, struct, uint8 } from '@starling/federated-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import * as tf from '../tensorflow/tf.js';
import { kernelGraphOf, localComputation } from './local-computation.js';
import { random } from './random.js';
import { sequenceLength, sequenceReduce } from './sequence-reduce.js';

describe('localComputation', () => {
  it('records the kernels of its body and infers the type of its result', () => {
    const over = localComputation({ reading: float32(), threshold: float32() }, ({ reading, threshold }) =>
      tf.greater(reading, threshold),
    );
    const graph = kernelGraphOf(over);
    expect(graph.nodes).toEqual([
      { op: 'kernel', kernel: 'Greater', inputs: { a: 0, b: 1 }, attributes: {}, outputs: [2] },
    ]);
    expect(over.type.result).toEqual({ kind: 'tensor', dtype: 'bool', shape: [] });
  });

  it('captures a training step of a layers model', () => {
    const model = tfl.sequential({
      layers: [
        tfl.layers.conv2d({ inputShape: [8, 8, 1], filters: 4, kernelSize: 3, activation: 'relu' }),
        tfl.layers.maxPooling2d({ poolSize: 2 }),
        tfl.layers.flatten(),
        tfl.layers.dropout({ rate: 0.5 }),
        tfl.layers.dense({ units: 10, activation: 'softmax' }),
      ],
    });
    const weights = model.trainableWeights;
    const weightTypes = Object.fromEntries(
      weights.map((weight, i) => [`w${i}`, float32(...(weight.shape as number[]))]),
    );
    const data = sequence(struct({ pixels: uint8(8, 8, 1), label: int32() }));
    const before = tf.memory().numTensors;
    const train = localComputation({ weights: struct(weightTypes), data }, ({ weights: start, data }) => {
      const state = sequenceReduce(data.batch(4), start as Record<string, tf.Tensor>, (w, batch, mask) => {
        const { pixels, label } = batch;
        for (const [i, weight] of weights.entries()) weight.write(w[`w${i}`] as tf.Tensor);
        const variables = weights.map((weight) => (weight as unknown as { val: tf.Variable }).val);
        const { grads } = tf.variableGrads(() => {
          const out = model.apply(tf.div(pixels, 255), { training: true }) as tf.Tensor;
          const loss = tf.losses.softmaxCrossEntropy(tf.oneHot(label as tf.Tensor1D, 10), out, mask);
          return loss as tf.Scalar;
        }, variables);
        return Object.fromEntries(
          variables.map((v, i) => [
            `w${i}`,
            tf.sub(w[`w${i}`] as tf.Tensor, tf.mul(0.1, grads[v.name] as tf.Tensor)),
          ]),
        );
      });
      return { state, examples: sequenceLength(data) };
    });
    expect(tf.memory().numTensors).toBe(before);
    expect(tf.getBackend()).toBe('cpu');
    const reduce = kernelGraphOf(train).nodes.find((node) => node.op === 'reduce');
    expect(reduce?.op === 'reduce' && reduce.body.nodes.some((node) => node.op === 'random')).toBe(true);
    expect(model.predict(tf.zeros([1, 8, 8, 1]))).toBeDefined();
  });

  it('draws random numbers', () => {
    const noise = localComputation({ x: float32(3) }, ({ x }) => tf.add(x, random.normal([3])));
    expect(kernelGraphOf(noise).nodes.map((node) => node.op)).toEqual(['random', 'kernel']);
  });
});
