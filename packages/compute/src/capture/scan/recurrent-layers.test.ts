import { float32, type LocalComputation, type Tensor, tensor } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import * as tfl from '#tfjs-layers';
import { assertAgree, eagerly } from '../../contract/drawing/agreement.js';
import { Draw } from '../../contract/drawing/draw.js';
import { createOnnxEngine } from '../../engines/onnx/onnx-engine.js';
import { createTfjsEngine } from '../../engines/tfjs/tfjs-engine.js';
import { compileGraph } from '../../lowering/compile-graph.js';
import * as tf from '../../tensorflow/tf.js';
import { nodeNames } from '../../testing/graphs.js';
import { kernelGraphOf, localComputation } from '../local-computation.js';

type Layer = tfl.layers.Layer;

const makers: Record<string, () => Layer[]> = {
  SimpleRNN: () => [tfl.layers.simpleRNN({ units: 3 })],
  'LSTM over LSTM': () => [
    tfl.layers.lstm({ units: 3, returnSequences: true }),
    tfl.layers.lstm({ units: 2 }),
  ],
  'GRU over GRU': () => [tfl.layers.gru({ units: 3, returnSequences: true }), tfl.layers.gru({ units: 2 })],
  'LSTM that goes backwards': () => [tfl.layers.lstm({ units: 3, goBackwards: true, returnSequences: true })],
  'Bidirectional GRU': () => [
    tfl.layers.bidirectional({
      layer: tfl.layers.gru({ units: 2, returnSequences: true }) as tfl.RNN,
      mergeMode: 'concat',
    }),
  ],
  'LSTM behind a mask': () => [
    tfl.layers.masking({ maskValue: 0 }),
    tfl.layers.lstm({ units: 3, returnSequences: true }),
  ],
};

/** A model of the layers; its loss and gradients by its weights are a function of input and weights. */
function lossAndGradients(layers: Layer[], shape: number[]) {
  const model = tfl.sequential({ layers: [tfl.layers.inputLayer({ inputShape: shape }), ...layers] });
  const variables = model.weights.map((weight) => (weight as unknown as { val: tf.Variable }).val);
  const weights = variables.map((value) =>
    tensor('float32', value.shape, Float32Array.from(value.dataSync())),
  );
  const body = ([x, ...values]: readonly tf.Tensor[]) => {
    for (const [index, value] of values.entries()) model.weights[index]?.write(value);
    const { value, grads } = tf.variableGrads(
      () => tf.sum(tf.square(model.apply(x as tf.Tensor, { training: true }) as tf.Tensor)) as tf.Scalar,
      variables,
    );
    return [value, ...variables.map((variable) => grads[variable.name] as tf.Tensor)];
  };
  return { body, weights };
}

function capturedOf(
  argument: readonly Tensor[],
  body: (inputs: readonly tf.Tensor[]) => tf.Tensor[],
): LocalComputation {
  const types = Object.fromEntries(argument.map(({ shape }, index) => [`x${index}`, float32(...shape)]));
  return localComputation(types, (all) => body(Object.values(all))) as LocalComputation;
}

/** The outputs of a computation by the tfjs engine. */
async function runOnTfjs(local: LocalComputation, argument: readonly Tensor[]): Promise<readonly Tensor[]> {
  const engine = await createTfjsEngine();
  return (await engine.load(compileGraph(local))).run(argument, [1, 2]);
}

describe('recurrent layers while capturing', () => {
  test.each(Object.entries(makers))('%s: loss and gradients are those of tf.js', async (_, make) => {
    const { body, weights } = lossAndGradients(make(), [5, 2]);
    const x = new Draw(3).floats([2, 5, 2]);
    // One step of the second sequence is masked out, where there is a mask.
    (x.data as Float32Array).fill(0, 14, 16);
    const argument = [x, ...weights];
    const engine = await createOnnxEngine();
    const loaded = await engine.load(compileGraph(capturedOf(argument, body)));
    assertAgree('loss and gradients', await loaded.run(argument, [1, 2]), eagerly(argument, body));
    await engine.dispose();
  });

  test('become one scan a layer, forward and backward, however many steps', () => {
    const graphOf = (steps: number) => {
      const { body, weights } = lossAndGradients(
        [tfl.layers.lstm({ units: 4, returnSequences: true }), tfl.layers.lstm({ units: 4 })],
        [steps, 3],
      );
      return kernelGraphOf(capturedOf([new Draw(1).floats([2, steps, 3]), ...weights], body));
    };
    const long = graphOf(80);
    expect(nodeNames(long)).toEqual(nodeNames(graphOf(3)));
    expect(nodeNames(long).filter((name) => name === 'scan')).toHaveLength(4);
    expect(long.nodes.length).toBeLessThan(60);
  });

  test('draw their dropout masks once for all steps', async () => {
    const { body, weights } = lossAndGradients(
      [tfl.layers.lstm({ units: 3, dropout: 0.5, recurrentDropout: 0.5 })],
      [4, 2],
    );
    const argument = [new Draw(1).floats([2, 4, 2]), ...weights];
    const local = capturedOf(argument, body);
    const graph = kernelGraphOf(local);
    const draws = graph.nodes.filter((node) => node.op === 'random');
    // tf.js uses the first of the four masks that it draws for each of input and state.
    expect(draws.map(({ output }) => graph.values[output]?.shape)).toEqual([
      [2, 2],
      [2, 3],
    ]);
    const engine = await createOnnxEngine();
    const loaded = await engine.load(compileGraph(local));
    assertAgree('engines', await loaded.run(argument, [1, 2]), await runOnTfjs(local, argument));
    await engine.dispose();
  });

  test('draw dropout masks anew when they are captured again, stacked cells too', () => {
    const cell = [tfl.layers.lstmCell({ units: 2, dropout: 0.5 }), tfl.layers.gruCell({ units: 2, recurrentDropout: 0.5 })]; // biome-ignore format: one line
    const model = tfl.sequential({ layers: [tfl.layers.rnn({ cell, inputShape: [4, 3] })] });
    const capture = (training: boolean) =>
      localComputation({ x: float32(1, 4, 3) }, ({ x }) => model.apply(x, { training }) as tf.Tensor);
    const first = capture(true);
    capture(false);
    expect(capture(true).id).toBe(first.id);
  });

  test('have gradients by variables that hold values of their own', async () => {
    const layer = tfl.layers.gru({ units: 2, recurrentInitializer: 'glorotUniform' });
    layer.apply(tf.zeros([1, 3, 2]));
    const variables = layer.trainableWeights.map((weight) => (weight as unknown as { val: tf.Variable }).val);
    const body = ([x]: readonly tf.Tensor[]) => {
      const { value, grads } = tf.variableGrads(
        () => tf.sum(layer.apply(x as tf.Tensor) as tf.Tensor) as tf.Scalar,
        variables,
      );
      return [value, ...variables.map((variable) => grads[variable.name] as tf.Tensor)];
    };
    const x = new Draw(2).floats([1, 3, 2]);
    assertAgree('gradients', await runOnTfjs(capturedOf([x], body), [x]), eagerly([x], body));
  });

  test('refuse to be stateful', () => {
    const stateful = tfl.layers.simpleRNN({ units: 3, stateful: true, batchInputShape: [2, 4, 2] });
    stateful.apply(tf.zeros([2, 4, 2]));
    expect(() =>
      localComputation({ x: float32(2, 4, 2) }, ({ x }) => stateful.apply(x) as tf.Tensor),
    ).toThrow(
      expect.objectContaining({ code: 'hidden-state', message: expect.stringContaining('stateful: false') }),
    );
  });
});
