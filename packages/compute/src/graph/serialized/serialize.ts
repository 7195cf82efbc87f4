// Kernel graphs as bytes, in one canonical form (serialized-form.ts): equal graphs give equal bytes, so that the bytes
// can be hashed.
import type { Tensor } from '@starling/federated-core';
import type { Attribute, GraphDType, GraphNode, KernelGraph, ViewCount } from '../kernel-graph.js';
import { aligned, type JsonConstant, type JsonGraph, MAGIC, PREFIX_BYTES } from './serialized-form.js';

/** The canonical bytes of a graph. */
export function serializeGraph(graph: KernelGraph): Uint8Array {
  const blobs: { at: number; bytes: Uint8Array }[] = [];
  let end = 0;
  const place = (tensor: Tensor): number => {
    const bytes = dataBytes(tensor);
    const at = end;
    blobs.push({ at, bytes });
    end = aligned(at + bytes.length);
    return at;
  };
  const header = new TextEncoder().encode(JSON.stringify(jsonGraph(graph, place)));
  const start = aligned(PREFIX_BYTES + header.length);
  const result = new Uint8Array(start + end);
  result.set(new TextEncoder().encode(MAGIC));
  new DataView(result.buffer).setUint32(MAGIC.length, header.length, true);
  result.set(header, PREFIX_BYTES);
  for (const { at, bytes } of blobs) result.set(bytes, start + at);
  return result;
}

function jsonGraph(graph: KernelGraph, place: (tensor: Tensor) => number): JsonGraph {
  return {
    values: graph.values.map(({ dtype, shape }) => ({ dtype, shape })),
    inputs: graph.inputs,
    constants: graph.constants.map(({ value, tensor }): JsonConstant => {
      const { shape } = tensor;
      if (tensor.dtype === 'string') {
        return { value, dtype: 'string', shape, strings: tensor.data as readonly string[] };
      }
      return { value, dtype: tensor.dtype as GraphDType, shape, at: place(tensor) };
    }),
    nodes: graph.nodes.map((node) => jsonNode(node, place)),
    outputs: graph.outputs,
  };
}

function jsonNode(node: GraphNode, place: (tensor: Tensor) => number): unknown {
  switch (node.op) {
    case 'kernel': {
      const { op, kernel, inputs, outputs } = node;
      return { op, kernel, inputs: sorted(inputs), attributes: encodeAttribute(node.attributes), outputs };
    }
    case 'reduce': {
      const { op, columns, view, initial, captures, outputs } = node;
      const { batchSize, shuffle, dropRemainder } = view;
      const [epochs, take] = [plainCount(view.epochs), plainCount(view.take)];
      const steps = view.steps === undefined ? {} : { steps: plainCount(view.steps) };
      const across = view.acrossEpochs === undefined ? {} : { acrossEpochs: view.acrossEpochs };
      const plainView = { batchSize, shuffle, epochs, dropRemainder, take, ...steps, ...across };
      return { op, columns, view: plainView, initial, captures, body: jsonGraph(node.body, place), outputs };
    }
    case 'scan': {
      const { op, steps, reverse, sequences, initial, captures, outputs } = node;
      return { op, steps, reverse, sequences, initial, captures, body: jsonGraph(node.body, place), outputs };
    }
    case 'length':
      return { op: node.op, columns: node.columns, output: node.output };
    case 'random':
      return { op: node.op, distribution: encodeAttribute(sorted(node.distribution)), output: node.output };
  }
}

function plainCount(count: ViewCount | null): ViewCount | null {
  return typeof count === 'object' && count !== null ? { leaf: count.leaf } : count;
}

/** All platforms that run Node or a browser today are little-endian; typed arrays are then the bytes wanted. */
function dataBytes(tensor: Tensor): Uint8Array {
  const data = tensor.data as Uint8Array;
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** Attributes as JSON can hold them, keys sorted. It has no infinities, NaN or −0: they stand as `{"$number": "…"}`. */
export function encodeAttribute(value: Attribute): Attribute {
  if (typeof value === 'number') {
    if (Object.is(value, -0)) return { $number: '-0' };
    return Number.isFinite(value) ? value : { $number: String(value) };
  }
  if (Array.isArray(value)) return value.map(encodeAttribute);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(sorted(value)).map(([key, each]) => [key, encodeAttribute(each as Attribute)]),
  );
}

function sorted<T extends object>(record: T): T {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1))) as T;
}
