import { float32, int32, sequence } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { kernelGraphOf, localComputation } from '../../capture/local-computation.js';
import { random } from '../../capture/random.js';
import { scan } from '../../capture/scan/scan.js';
import { sequenceLength, sequenceReduce } from '../../capture/sequences/sequence-reduce.js';
import * as tf from '../../tensorflow/tf.js';
import { floats, valuesOf, writeGraph } from '../../testing/graphs.js';
import { deserializeGraph } from './deserialize.js';
import { serializeGraph } from './serialize.js';

/** A graph with nodes of every kind, bodies, and constants within them. */
const graph = kernelGraphOf(
  localComputation({ data: sequence(float32(2)), w: float32(2) }, ({ data, w }) => {
    const total = sequenceReduce(data.batch(3).shuffle(), tf.zeros([2]), (sum, batch, mask) =>
      sum.add(batch.mul(mask.expandDims(1)).sum(0)).add(tf.tensor1d([0.5, 0.25])),
    );
    const [last] = scan(w, tf.scalar(0), (sum, x) => [sum.add(x), []]);
    return { total, last, noise: random.normal([2], 1, 2), length: sequenceLength(data) };
  }),
);

describe('serializeGraph', () => {
  test('writes what deserializeGraph reads', () => {
    expect(deserializeGraph(serializeGraph(graph))).toEqual(graph);
  });

  test('gives equal bytes for equal graphs, whatever the order of attributes', () => {
    const write = (attributes: Record<string, number[] | boolean>) =>
      serializeGraph(writeGraph((g) => [g.kernel('Sum', { x: g.input([2]) }, attributes)]));
    expect(write({ axis: [0], keepDims: true })).toEqual(write({ keepDims: true, axis: [0] }));
    expect(write({ axis: [0], keepDims: true })).not.toEqual(write({ axis: [0], keepDims: false }));
  });

  test('keeps numbers that JSON lacks', () => {
    const fills = writeGraph((g) =>
      [Infinity, -Infinity, NaN, -0].map((value) =>
        g.kernel('Fill', {}, { shape: [2], value, dtype: 'float32' }),
      ),
    );
    const values = valuesOf(deserializeGraph(serializeGraph(fills)), []).map(([first]) => first);
    expect(values).toEqual([Infinity, -Infinity, NaN, -0]);
  });

  test('writes a view of constant epochs in the same five fields as ever, so that its graph keeps its id', () => {
    const text = new TextDecoder().decode(serializeGraph(graph));
    expect(text).toContain(
      '"view":{"batchSize":3,"shuffle":true,"epochs":1,"dropRemainder":false,"take":null}',
    );
  });

  test('keeps numbers of a view that stand in the argument', () => {
    const counts = { epochs: int32(), most: int32() };
    const walked = kernelGraphOf(
      localComputation({ data: sequence(float32()), ...counts }, ({ data, epochs, most }) => [
        sequenceReduce(data.repeat(epochs).take(most), tf.scalar(0), tf.add),
        sequenceReduce(data.steps(7), tf.scalar(0), tf.add),
      ]),
    );
    const views = walked.nodes.map((node) => node.op === 'reduce' && node.view);
    expect(views).toMatchObject([
      { epochs: { leaf: 1 }, take: { leaf: 2 } },
      { epochs: null, take: null, steps: 7 },
    ]);
    expect(deserializeGraph(serializeGraph(walked))).toEqual(walked);
  });

  test('is read from any offset of a larger buffer', () => {
    const bytes = serializeGraph(graph);
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    expect(deserializeGraph(shifted.subarray(3))).toEqual(graph);
  });
});

describe('deserializeGraph', () => {
  const small = serializeGraph(
    writeGraph((g) => [g.kernel('Add', { a: g.input([2]), b: g.constant([1, 2]) })]),
  );
  /** The bytes with one text of the header put in the place of another of equal length. */
  const altered = (from: string, to: string): Uint8Array =>
    Uint8Array.from(Buffer.from(Buffer.from(small).toString('latin1').replace(from, to), 'latin1'));

  test.each([
    ['bytes that are something else', new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8]), 'SKG1'],
    ['a header that is cut short', small.subarray(0, 20), 'header needs'],
    ['constants that are cut short', small.subarray(0, small.length - 8), 'a constant needs bytes'],
    ['an unknown kernel', altered('"Add"', '"Adx"'), 'must be a known kernel'],
    ['a node that reads what nothing made', altered('"a":0', '"a":2'), 'must read what stands before it'],
    ['an output that is not there', altered('"outputs":[2]}', '"outputs":[9]}'), 'must'],
  ])('refuses %s', (_, bytes, message) => {
    expect(() => deserializeGraph(bytes)).toThrow(message);
  });

  test('reads what it refuses others for', () => {
    expect(valuesOf(deserializeGraph(small), [floats([1, 1])])).toEqual([[2, 3]]);
  });
});
