import {
  float32,
  float64,
  formatType,
  int32,
  sequence,
  struct,
  type TensorType,
  type Type,
  uint8,
} from '@starling/federated-core';
import { afterEach, describe, expect, expectTypeOf, test } from 'vitest';
import * as tfl from '#tfjs-layers';
import * as tf from '../tensorflow/tf.js';
import { nodeNames } from '../testing/graphs.js';
import { kernelGraphOf, localComputation } from './local-computation.js';
import { random } from './random.js';
import { CaptureError } from './recording/capture-error.js';
import { scan } from './scan/scan.js';
import { sequenceReduce } from './sequences/sequence-reduce.js';
import type { SymbolicDataset } from './sequences/symbolic-dataset.js';

/** The error that capturing a body throws. */
function errorOf(body: (argument: { x: tf.Tensor }) => unknown): CaptureError {
  try {
    localComputation({ x: float32(3) }, body as () => tf.Tensor);
  } catch (error) {
    if (error instanceof CaptureError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('localComputation', () => {
  test('records the kernels of its body', () => {
    const over = localComputation({ reading: float32(), threshold: float32() }, ({ reading, threshold }) =>
      tf.greater(reading, threshold),
    );
    expect(kernelGraphOf(over).nodes).toEqual([
      { op: 'kernel', kernel: 'Greater', inputs: { a: 0, b: 1 }, attributes: {}, outputs: [2] },
    ]);
  });

  test('infers the type of its result', () => {
    const local = localComputation({ x: float32(2, 3) }, ({ x }) => ({
      sums: [tf.sum(x, 0), tf.argMax(x, 1)],
      size: 6,
      positive: tf.all(tf.greater(x, 0)),
    }));
    expect(local.type.result).toEqual(
      struct({
        sums: struct([float32(3), int32(2)]),
        size: float32(),
        positive: { kind: 'tensor', dtype: 'bool', shape: [] },
      }),
    );
  });

  test('gives its body and its result TypeScript types', () => {
    const local = localComputation(
      { weights: struct({ w: float32(2) }), data: sequence(struct({ x: float32(), y: int32() })) },
      ({ weights, data }) => {
        expectTypeOf(weights.w).toEqualTypeOf<tf.Tensor>();
        expectTypeOf(data).toEqualTypeOf<SymbolicDataset<{ readonly x: tf.Tensor; readonly y: tf.Tensor }>>();
        return { w: weights.w, rate: 0.5 };
      },
    );
    expectTypeOf(local.type.parameter.kind).toEqualTypeOf<'struct'>();
    expectTypeOf(local.type.result.elements.rate.dtype).toEqualTypeOf<'float32'>();
    expectTypeOf(
      localComputation(float32(), (x) => tf.neg(x)).type.parameter.dtype,
    ).toEqualTypeOf<'float32'>();
    // @ts-expect-error: a record has no field of that name.
    expect(() => localComputation({ x: float32() }, ({ y }) => y)).toThrow("Cannot read 'y' of a record");
  });

  test('has the type that is asked of its result, and refuses a body that gives another', () => {
    const mean = localComputation({ x: float32(3) }, ({ x }) => tf.mean(x), {
      name: 'mean',
      result: float32(),
    });
    expectTypeOf(mean.type.result).toEqualTypeOf<TensorType<'float32', []>>();
    expect(formatType(mean.type)).toBe('(<x=float32[3]> -> float32)');
    expect(() =>
      localComputation({ x: float32(3) }, ({ x }) => ({ at: tf.argMax(x) }), {
        name: 'largest',
        result: struct({ at: float32() }),
      }),
    ).toThrow('Cannot capture largest: need a result of <at=float32>, got <at=int32>');
  });

  test('takes one type, a record of types, or none', () => {
    expect(localComputation(float32(), (x) => tf.neg(x)).type.parameter).toEqual(float32());
    expect(localComputation({ x: float32() }, ({ x }) => x).type.parameter).toEqual(struct({ x: float32() }));
    expect(localComputation(null, () => 1).type.parameter).toBeNull();
  });

  test('reads uint8 as int32', () => {
    const local = localComputation({ pixels: uint8(4) }, ({ pixels }) => pixels);
    expect(local.type.result).toEqual(int32(4));
  });

  test('takes tensors from outside as constants', () => {
    const table = tf.tensor1d([1, 2, 3]);
    const graph = kernelGraphOf(localComputation({ x: float32(3) }, ({ x }) => tf.mul(x, table)));
    expect(graph.constants.map(({ tensor }) => Array.from(tensor.data as Float32Array))).toEqual([[1, 2, 3]]);
    expect(table.arraySync()).toEqual([1, 2, 3]);
  });

  test('names equal functions by equal ids, whatever they are called', () => {
    const make = (factor: number, name: string) =>
      localComputation({ x: float32() }, ({ x }) => tf.mul(x, factor), { name });
    expect(make(2, 'a').id).toBe(make(2, 'b').id);
    expect(make(2, 'a').id).not.toBe(make(3, 'a').id);
    expect(make(2, 'a').id).toMatch(/^[0-9a-f]{64}$/);
    const renamed = localComputation({ y: float32() }, ({ y }) => tf.mul(y, 2));
    expect(renamed.id).not.toBe(make(2, 'a').id);
  });
});

describe('capturing refuses', () => {
  test.each<[string, (argument: { x: tf.Tensor }) => unknown]>([
    ['dataSync', ({ x }) => tf.mul(x, x.dataSync()[0] as number)],
    ['arraySync', ({ x }) => x.arraySync()],
    ['a comparison of JavaScript', ({ x }) => ((x as unknown as number) > 3 ? x : tf.neg(x))],
    ['print', ({ x }) => x.print()],
  ])('to read a value: %s', (_, body) => {
    const error = errorOf(body);
    expect(error.code).toBe('value-read');
    expect(error.message).toContain('Replace dataSync');
    // The line of the body, in this file.
    expect(error.message).toMatch(/local-computation\.test\.ts:\d+/);
  });

  test.each<[string, string, () => unknown]>([
    ['tf.randomUniform', 'tf.randomUniform', () => tf.randomUniform([2])],
    ['a seeded generator', 'tf.randomNormal', () => tf.randomNormal([2], 0, 1, 'float32', 7)],
    ['tf.truncatedNormal', 'tf.truncatedNormal', () => tf.truncatedNormal([2])],
    ['tf.multinomial', 'tf.multinomial', () => tf.multinomial(tf.tensor1d([1, 2]), 3, 5)],
    ['Math.random', 'Math.random', () => tf.scalar(Math.random())],
  ])('randomness that would be frozen: %s', (_, source, body) => {
    const error = errorOf(body);
    expect(error.code).toBe('randomness');
    expect(error.message).toContain(`Cannot capture ${source}`);
    expect(error.message).toContain('random.normal');
  });

  test('a field that its parameter has not, with those it has', () => {
    const error = errorOf((argument) => tf.mul((argument as unknown as { y: tf.Tensor }).y, 2));
    expect(error.code).toBe('no-such-field');
    expect(error.message).toContain("Cannot read 'y' of a record: need one of its fields x, got 'y'");
  });

  test('training of a tf.js model, and a choice of backend', () => {
    const model = tfl.sequential({ layers: [tfl.layers.dense({ units: 1, inputShape: [2] })] });
    model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
    const whole = tfl.model({ inputs: model.inputs, outputs: model.outputs });
    whole.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
    const bodies: readonly (readonly [string, (x: tf.Tensor) => unknown])[] = [
      ['fit of a tf.js model', (x) => model.fit(x, x)],
      ['fit of a tf.js model', (x) => whole.fit(x, x)],
      ['trainOnBatch of a tf.js model', (x) => model.trainOnBatch(x, x)],
      ['evaluate of a tf.js model', (x) => model.evaluate(x, x)],
      ['tf.setBackend', () => tf.setBackend('cpu')],
    ];
    for (const [written, body] of bodies) {
      const error = errorOf(({ x }) => body(x));
      expect(error.code, written).toBe('hidden-state');
      expect(error.message).toContain(`Cannot capture ${written}: `);
    }
  });

  test('a kernel that it does not know, by name', () => {
    const error = errorOf(({ x }) => tf.spectral.rfft(x));
    expect(error.code).toBe('unknown-kernel');
    expect(error.message).toMatch(/kernel (Complex|FFT|Real)/);
    expect(error.message).toMatch(/local-computation\.test\.ts:\d+/);
  });

  test('a body that gives a promise or nothing', () => {
    expect(errorOf(async ({ x }) => x).message).toContain('the body must be synchronous');
    expect(errorOf(() => undefined).message).toContain('got undefined');
  });

  test('a body, step or function that gives a promise which rejects, and that ends no process', async () => {
    const fail = async (): Promise<never> => {
      throw new Error('nobody waits for this');
    };
    expect(errorOf(fail).message).toContain('the body must be synchronous');
    // Untyped, as from JavaScript.
    const untyped = { scan, sequenceReduce, localComputation } as never as Record<
      string,
      (...all: unknown[]) => tf.Tensor
    >;
    const reduce = (data: unknown) => untyped['sequenceReduce']?.(data, { total: 0 }, fail);
    expect(() => untyped['localComputation']?.(sequence(float32()), reduce)).toThrow('a state of the form');
    expect(errorOf(({ x }) => untyped['scan']?.(x, 0, fail)).message).toMatch('in an array, got a Promise');
    expect(() => errorOf(({ x }) => tf.grad(fail as never)(x))).toThrow('must be a tensor');
    // vitest fails a run in which a rejection is handled by nobody.
    await new Promise((resolve) => setTimeout(resolve, 10));
  });

  test('shapes that do not fit, and says which', () => {
    expect(errorOf(({ x }) => tf.reshape(x, [2, 2])).message).toContain('[3] and [2,2]'.replace(',', ', '));
  });

  test.each<[string, Type, string]>([
    ['float64', float64(), 'got float64'],
    ['an unknown dimension', float32(null, 2), 'shapes must be known'],
    ['a sequence of sequences', sequence(sequence(float32())), 'sequence of sequences'],
  ])('a parameter of %s', (_, type, message) => {
    expect(() => localComputation({ x: type }, () => 1)).toThrow(message);
  });

  test('a local computation within another', () => {
    expect(errorOf(() => localComputation(float32(), (x) => x)).message).toContain(
      'inside the body of another',
    );
  });

  test('a tensor that was kept from another capture', () => {
    let kept: tf.Tensor | undefined;
    localComputation({ x: float32(3) }, ({ x }) => {
      kept = tf.keep(tf.neg(x));
      return x;
    });
    expect(errorOf(({ x }) => tf.add(x, kept as tf.Tensor)).code).toBe('captured-elsewhere');
  });
});

describe('after a capture', () => {
  const variable = tf.variable(tf.tensor1d([1, 2, 3]), true, 'kept-variable');
  afterEach(() => {
    expect(variable.arraySync()).toEqual([1, 2, 3]);
  });

  test.each<[string, (x: tf.Tensor) => tf.Tensor]>([
    ['returns', (x) => tf.square(x)],
    ['throws', (x) => tf.scalar(x.dataSync()[0] as number)],
  ])('tf.js is as before where the body %s', (_, finish) => {
    const before = tf.memory();
    const backend = tf.getBackend();
    const mathRandom = Math.random;
    const variables = Object.keys(tf.engine().registeredVariables);
    const capture = () =>
      localComputation({ x: float32(3) }, ({ x }) => {
        variable.assign(x as tf.Tensor1D);
        tf.variable(tf.neg(x));
        return finish(tf.add(variable, random.normal([3])));
      });
    if (finish.toString().includes('dataSync')) expect(capture).toThrow(CaptureError);
    else capture();
    expect(tf.getBackend()).toBe(backend);
    expect(Math.random).toBe(mathRandom);
    expect(Object.keys(tf.engine().registeredVariables)).toEqual(variables);
    expect(tf.memory().numTensors).toBe(before.numTensors);
    expect(tf.memory().numDataBuffers).toBe(before.numDataBuffers);
    expect(tf.memory().numBytes).toBe(before.numBytes);
  });

  test('a composite kernel has been recorded as its parts', () => {
    const local = localComputation({ x: float32(2, 2), w: float32(2, 2), b: float32(2) }, ({ x, w, b }) =>
      tf.stack([
        tf.fused.matMul({ a: x as tf.Tensor2D, b: w as tf.Tensor2D, bias: b, activation: 'relu' }),
        tf.onesLike(x),
      ]),
    );
    expect(new Set(nodeNames(kernelGraphOf(local)))).toEqual(
      new Set(['BatchMatMul', 'Add', 'Relu', 'Reshape', 'Fill', 'Concat']),
    );
  });
});
