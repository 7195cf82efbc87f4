import { float32, sequence, tensor } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { kernelGraphOf, localComputation } from '../../capture/local-computation.js';
import { scan } from '../../capture/scan/scan.js';
import { sequenceReduce } from '../../capture/sequences/sequence-reduce.js';
import * as tf from '../../tensorflow/tf.js';
import { writeGraph } from '../../testing/graphs.js';
import type { GraphNode, KernelGraph, ReduceNode, ScanNode, ValueSpec } from '../kernel-graph.js';
import { KernelGraphError } from '../kernel-graph-error.js';
import type { GraphLimits } from './check-sizes.js';
import { deserializeGraph } from './deserialize.js';
import { serializeGraph } from './serialize.js';

/** A graph of one Fill that says `shape` and whose value is said to have `stated`. */
function filled(shape: readonly number[], stated: readonly number[] = shape): KernelGraph {
  const graph = writeGraph((g) => [g.kernel('Fill', {}, { shape, value: 1, dtype: 'float32' })]);
  return { ...graph, values: [{ dtype: 'float32', shape: stated }] };
}

const reduced = kernelGraphOf(
  localComputation({ data: sequence(float32(2)) }, ({ data }) =>
    sequenceReduce(data.batch(3), tf.zeros([2]), (sum, batch) => sum.add(batch.sum(0))),
  ),
);
const scanned = kernelGraphOf(
  localComputation({ xs: float32(4) }, ({ xs }) =>
    scan(xs, tf.scalar(0), (sum, x) => [sum.add(x), x] as const),
  ),
);

/** The graph with its last node changed. */
function withLast<N extends GraphNode>(graph: KernelGraph, change: Partial<N>): KernelGraph {
  const last = { ...graph.nodes.at(-1), ...change } as GraphNode;
  return { ...graph, nodes: [...graph.nodes.slice(0, -1), last] };
}

/** The graph with the spec of one value changed. */
function withValue(graph: KernelGraph, id: number, spec: ValueSpec): KernelGraph {
  return { ...graph, values: graph.values.map((each, index) => (index === id ? spec : each)) };
}

const reduce = reduced.nodes.at(-1) as ReduceNode;
const walk = scanned.nodes.at(-1) as ScanNode;

/** Scans within scans, each of one step. */
function nested(depth: number): KernelGraph {
  const spec: ValueSpec = { dtype: 'float32', shape: new Array(depth).fill(1) };
  if (depth === 0) return { values: [spec], inputs: [0], constants: [], nodes: [], outputs: [0] };
  const one = { steps: 1, reverse: false, sequences: [0], initial: [], captures: [], outputs: [1] };
  const nodes: GraphNode[] = [{ op: 'scan', ...one, body: nested(depth - 1) }];
  return { values: [spec, spec], inputs: [0], constants: [], nodes, outputs: [1] };
}

function errorOf(graph: KernelGraph, limits?: GraphLimits): KernelGraphError {
  try {
    deserializeGraph(serializeGraph(graph), limits);
  } catch (error) {
    if (error instanceof KernelGraphError) return error;
    throw error;
  }
  throw new Error('The graph was read');
}

describe('deserializeGraph', () => {
  test('refuses values that are too large, before anything is made of them', () => {
    // 2²⁸ elements are allowed, and no more.
    expect(errorOf(filled([2 ** 14, 2 ** 14 + 1]))).toMatchObject({
      code: 'too-large',
      message: expect.stringContaining('at most 268435456 elements'),
    });
    expect(deserializeGraph(serializeGraph(filled([2 ** 14, 2 ** 14])))).toEqual(filled([2 ** 14, 2 ** 14]));
  });

  test('refuses more than the reader allows, of one value or of all', () => {
    expect(errorOf(filled([11]), { maxElements: 10 }).code).toBe('too-large');
    // Four values of 10 float32: 160 bytes.
    const four = writeGraph((g) => {
      const x = g.input([10]);
      return [g.kernel('Neg', { x: g.kernel('Exp', { x: g.kernel('Abs', { x }) }) })];
    });
    expect(deserializeGraph(serializeGraph(four), { maxBytes: 160 })).toEqual(four);
    expect(errorOf(four, { maxBytes: 159 })).toMatchObject({
      code: 'too-large',
      message: expect.stringContaining('at most 159 bytes, got 160'),
    });
  });

  test.each<[string, KernelGraph, string]>([
    [
      'a kernel that makes more than its value says',
      filled([1000], [1]),
      '(Fill) must have float32[1000], got float32[1]',
    ],
    ['sizes that are negative', filled([-2]), 'whole sizes, got float32[-2]'],
    ['sizes that are fractions', filled([0.5]), 'whole sizes'],
    ['unknown lengths anywhere but in datasets', filled([-1]), 'whole sizes, got float32[-1]'],
    [
      'attributes that are no numbers',
      withLast(filled([1]), { attributes: { shape: 'x' } }),
      "attribute 'shape' must be numbers",
    ],
    [
      'epochs without end',
      withLast<ReduceNode>(reduced, { view: { ...reduce.view, epochs: 1e9 } }),
      '1 to 100000 epochs',
    ],
    [
      'steps without end',
      withLast<ReduceNode>(reduced, { view: { ...reduce.view, epochs: null, steps: 1e9 } }),
      'to 268435456 steps',
    ],
    [
      'epochs and steps',
      withLast<ReduceNode>(reduced, { view: { ...reduce.view, steps: 1 } }),
      'epochs or 1',
    ],
    [
      'neither epochs nor steps',
      withLast<ReduceNode>(reduced, { view: { ...reduce.view, epochs: null } }),
      'epochs or 1',
    ],
    [
      'epochs that stand where there is no int32 scalar',
      withLast<ReduceNode>(reduced, { view: { ...reduce.view, epochs: { leaf: 0 } } }),
      'int32 scalars of the argument',
    ],
    [
      'epochs that stand where there is nothing',
      withLast<ReduceNode>(reduced, { view: { ...reduce.view, take: { leaf: 4 } } }),
      'int32 scalars of the argument',
    ],
    [
      'batches of no size',
      withLast<ReduceNode>(reduced, { view: { ...reduce.view, batchSize: 0 } }),
      'batch size of 1 or more',
    ],
    [
      'a batch that its body does not take',
      withLast<ReduceNode>(reduced, { view: { ...reduce.view, batchSize: 5 } }),
      'float32[5, 2]',
    ],
    [
      'a reduction over what is no dataset',
      withValue(reduced, reduced.inputs[0] as number, { dtype: 'float32', shape: [6, 2] }),
      'columns of a dataset',
    ],
    [
      'more steps than there are',
      withLast<ScanNode>(scanned, { steps: 2 ** 40 }),
      'sequences of 1099511627776 steps, got [4]',
    ],
    [
      'results that a scan does not stack',
      withValue(scanned, walk.outputs[1] as number, { dtype: 'float32', shape: [4, 9] }),
      'float32[9]',
    ],
  ])('refuses %s', (_, graph, message) => {
    // biome-ignore format: one case a line
    expect(errorOf(graph)).toMatchObject({ code: 'malformed', message: expect.stringContaining(message) });
  });

  test('refuses bodies within bodies without end', () => {
    expect(deserializeGraph(serializeGraph(nested(16)))).toEqual(nested(16));
    expect(errorOf(nested(17)).message).toContain('at most 16 deep');
  });

  test('refuses texts that do not fill their shape', () => {
    const short = tensor('string', [1], ['a']);
    const graph: KernelGraph = {
      values: [{ dtype: 'string', shape: [2] }],
      inputs: [],
      constants: [{ value: 0, tensor: { ...short, shape: [2] } }],
      nodes: [],
      outputs: [0],
    };
    expect(errorOf(graph).message).toContain('constant 0 must fill its shape');
  });

  test('gives an error of its own for a header that is no graph', () => {
    const bytes = serializeGraph(filled([1]));
    const text = new TextDecoder('latin1').decode(bytes).replace('"values"', '"valuez"');
    const broken = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
    expect(() => deserializeGraph(broken)).toThrow(KernelGraphError);
  });
});
