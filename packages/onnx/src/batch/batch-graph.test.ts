import { tensor } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import type { GraphBuilder } from '../builder/graph-builder.js';
import type { OnnxValue } from '../model/onnx-model.js';
import { loopOf } from '../testing/loop.js';
import { graphOf, operatorsOf, outputsOf } from '../testing/pass-check.js';
import { batchGraph } from './batch-graph.js';

type Build = (builder: GraphBuilder, inputs: readonly OnnxValue[]) => readonly OnnxValue[];

/** Why a graph of one client's vector of three, and of one that all share, runs for one client at a time. */
function reasonOf(build: Build): string {
  try {
    batchGraph(graphOf([[3], [3]], build), [true, false]);
  } catch (error) {
    return (error as { reason?: string }).reason ?? String(error);
  }
  return 'none';
}

describe('batchGraph', () => {
  test('`batchGraph` puts the clients first, and computes once what is the same for all', () => {
    const graph = graphOf([[3], [3]], (b, [own, shared]) => [b.binary('Mul', own!, b.unary('Exp', shared!))]);
    const { graph: many, numbers } = batchGraph(graph, [true, false]);
    expect(many.inputs.map(({ shape }) => shape)).toEqual([[-1, 3], [3]]);
    expect(many.outputs.map(({ shape }) => shape)).toEqual([[-1, 3]]);
    expect(operatorsOf(many)).toBe('Shape Exp Mul Identity');
    // Two inputs, an exponential and a product of three each.
    expect(numbers).toEqual({ fixed: 12, perRow: 0 });
  });

  test('`batchGraph` gives what is the same for all to each client', async () => {
    const graph = graphOf([[2], [2]], (b, [, shared]) => [b.unary('Neg', shared!)]);
    const { graph: many } = batchGraph(graph, [true, false]);
    const known = { ...many, inputs: [{ ...many.inputs[0]!, shape: [3, 2] }, many.inputs[1]!] };
    const [given] = await outputsOf(known, [new Float32Array(6), Float32Array.of(1, 2)]);
    expect(given).toEqual(tensor('float32', [3, 2], Float32Array.of(-1, -2, -1, -2, -1, -2)));
  });

  test('`batchGraph` makes a state of a Loop the clients’ own once a step makes it so', async () => {
    // The state begins as one that all share; each of three steps adds what the client holds.
    const graph = loopOf([[2], [2]], ({ builder: b, state, outer: [, own] }) => b.binary('Add', state, own!));
    const { graph: many } = batchGraph(graph, [false, true]);
    const known = { ...many, inputs: [many.inputs[0]!, { ...many.inputs[1]!, shape: [2, 2] }] };
    const [given] = await outputsOf(known, [Float32Array.of(100, 200), Float32Array.of(1, 2, 3, 4)]);
    expect(given).toEqual(tensor('float32', [2, 2], Float32Array.of(103, 206, 109, 212)));
  });

  test('`batchGraph` counts above a threshold row by row, with rows first and clients second', async () => {
    const graph = graphOf([[-1, 2], []], (b, [rows, threshold]) => {
      const above = b.cast(b.compare('Greater', rows!, threshold!), 'float32');
      return [b.reduce('ReduceSum', above, [0], false)];
    });
    const { graph: many } = batchGraph(graph, [true, false]);
    expect(many.inputs[0]!.shape).toEqual([-1, -1, 2]);
    // Two rows of two clients: (1, 9), (9, 9) and (1, 1), (9, 1): above 5 are (0, 1) + (0, 0), and (1, 1) + (1, 0).
    const known = { ...many, inputs: [{ ...many.inputs[0]!, shape: [2, 2, 2] }, many.inputs[1]!] };
    const [given] = await outputsOf(known, [Float32Array.of(1, 9, 9, 9, 1, 1, 9, 1), Float32Array.of(5)]);
    expect(given).toEqual(tensor('float32', [2, 2], Float32Array.of(0, 1, 2, 1)));
  });

  test.each<readonly [what: string, build: Build, reason: string]>([
    ['exponentials', (b, [x]) => [b.unary('Exp', x!)], 'Exp: engines compute it by another formula'],
    ['sums of floats', (b, [x]) => [b.reduce('ReduceSum', x!, [0], false)], 'ReduceSum depends on the order'],
    [
      'maxima that may be of 0 and −0',
      (b, [x, y]) => [b.binary('Max', x!, y!)],
      'Max is of numbers that may be',
    ],
    ['an operator that nobody knows', (b, [x]) => [b.unary('Odd', x!)], 'Odd: nothing is known of it'],
    ['parts of no size', (b, [x]) => [b.slice(x!, [0], [0], [0])], 'a value has the shape [0]'],
  ])('`batchGraph` refuses %s', (_, build, reason) => {
    expect(reasonOf(build)).toContain(reason);
  });

  test('`batchGraph` takes maxima of counts and of constants, which are never NaN or −0', () => {
    const ofCounts: Build = (b, [x, y]) => {
      const isAbove = b.cast(b.compare('Greater', x!, y!), 'float32');
      return [b.binary('Max', b.reduce('ReduceSum', isAbove, [0], false), b.filled('float32', 1))];
    };
    expect(reasonOf(ofCounts)).toBe('none');
    expect(
      reasonOf((b, inputs) => [b.binary('Max', ofCounts(b, inputs)[0]!, b.filled('float32', -0))]),
    ).toContain('Max');
  });

  test('`batchGraph` refuses a graph of which clients hold nothing', () => {
    const graph = graphOf([[3]], (b, [x]) => [b.unary('Neg', x!)]);
    expect(() => batchGraph(graph, [false])).toThrow('nothing is of the clients');
  });
});
