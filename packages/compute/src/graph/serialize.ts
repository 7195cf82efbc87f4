// Kernel graphs as bytes, in one canonical form: equal graphs give equal bytes, so that the bytes can be hashed.
// Layout: "SKG1", the header's length (uint32, little-endian), the header (JSON in UTF-8), zeros up to a multiple of
// 8, then the constants' data (little-endian), each starting at a multiple of 8.
import { allocate, bytesPerElement, sizeOf, type Tensor } from '@starling/federated-core';
import { checkGraph } from './check-graph.js';
import type { Attribute, GraphDType, GraphNode, KernelGraph, ValueId } from './kernel-graph.js';

const MAGIC = 'SKG1';
const PREFIX_BYTES = 8;
const ALIGNMENT = 8;

type JsonConstant =
  | {
      readonly value: ValueId;
      readonly dtype: GraphDType;
      readonly shape: readonly number[];
      readonly at: number;
    }
  | {
      readonly value: ValueId;
      readonly dtype: 'string';
      readonly shape: readonly number[];
      readonly strings: readonly string[];
    };

interface JsonGraph extends Omit<KernelGraph, 'constants' | 'nodes'> {
  readonly constants: readonly JsonConstant[];
  readonly nodes: readonly unknown[];
}

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

/**
 * The graph that `serializeGraph` wrote. Throws a `RangeError` or `TypeError` where the bytes are not such a graph:
 * cut short, unknown kernels, nodes that read what does not stand before them.
 */
export function deserializeGraph(bytes: Uint8Array): KernelGraph {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const decoder = new TextDecoder('utf-8', { fatal: true });
  if (bytes.length < PREFIX_BYTES || decoder.decode(bytes.slice(0, MAGIC.length)) !== MAGIC) {
    throw new RangeError(
      `Cannot read a kernel graph: need bytes that begin with ${MAGIC}, got ${bytes.length} others`,
    );
  }
  const headerLength = view.getUint32(MAGIC.length, true);
  if (PREFIX_BYTES + headerLength > bytes.length) {
    throw new RangeError(
      `Cannot read a kernel graph: the header needs ${headerLength} bytes, got ${bytes.length - PREFIX_BYTES}`,
    );
  }
  const header = JSON.parse(
    decoder.decode(bytes.slice(PREFIX_BYTES, PREFIX_BYTES + headerLength)),
  ) as JsonGraph;
  const graph = fromJson(header, bytes.subarray(aligned(PREFIX_BYTES + headerLength)));
  checkGraph(graph);
  return graph;
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
      const { batchSize, shuffle, epochs, dropRemainder, take } = view;
      const plainView = { batchSize, shuffle, epochs, dropRemainder, take };
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

function fromJson(json: JsonGraph, data: Uint8Array): KernelGraph {
  return {
    values: json.values,
    inputs: json.inputs,
    constants: json.constants.map((constant) => ({
      value: constant.value,
      tensor: readConstant(constant, data),
    })),
    nodes: json.nodes.map((node) => nodeFromJson(node as Record<string, unknown>, data)),
    outputs: json.outputs,
  };
}

function nodeFromJson(json: Record<string, unknown>, data: Uint8Array): GraphNode {
  if (json['op'] === 'kernel')
    return { ...json, attributes: decode(json['attributes']) } as unknown as GraphNode;
  if (json['op'] === 'reduce' || json['op'] === 'scan')
    return { ...json, body: fromJson(json['body'] as JsonGraph, data) } as unknown as GraphNode;
  if (json['op'] === 'random')
    return { ...json, distribution: decode(json['distribution']) } as unknown as GraphNode;
  return json as unknown as GraphNode;
}

function readConstant(constant: JsonConstant, data: Uint8Array): Tensor {
  const { dtype, shape } = constant;
  if ('strings' in constant) return { dtype: 'string', shape, data: constant.strings };
  const bytes = sizeOf(shape) * bytesPerElement[dtype];
  if (!(Number.isSafeInteger(bytes) && constant.at >= 0 && constant.at + bytes <= data.length)) {
    throw new RangeError(
      `Cannot read a kernel graph: a constant needs bytes ${constant.at} to ${constant.at + bytes}, got ${data.length}`,
    );
  }
  const values = allocate(dtype, sizeOf(shape)) as Uint8Array;
  new Uint8Array(values.buffer).set(data.subarray(constant.at, constant.at + bytes));
  return { dtype, shape, data: values };
}

/** All platforms that run Node or a browser today are little-endian; typed arrays are then the bytes wanted. */
function dataBytes(tensor: Tensor): Uint8Array {
  const data = tensor.data as Uint8Array;
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

function aligned(length: number): number {
  return Math.ceil(length / ALIGNMENT) * ALIGNMENT;
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

function decode(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(decode);
  if (typeof value !== 'object' || value === null) return value;
  const special = (value as { $number?: string }).$number;
  if (special !== undefined) return Number(special);
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, decode(each)]));
}

function sorted<T extends object>(record: T): T {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1))) as T;
}
