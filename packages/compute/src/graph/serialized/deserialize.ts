// Reads kernel graphs that came from elsewhere: another process, a disk, a coordinator. What is read is checked before
// anything is made of it: that it is well formed, and that no value is larger than the reader allows.
import type { Tensor } from '@starling/federated-core';
import { allocate, bytesPerElement, sizeOf } from '@starling/federated-core/plan';
import type { GraphNode, KernelGraph } from '../kernel-graph.js';
import { KernelGraphError } from '../kernel-graph-error.js';
import { checkGraph } from './check-graph.js';
import { checkSizes, type GraphLimits } from './check-sizes.js';
import { aligned, type JsonConstant, type JsonGraph, MAGIC, PREFIX_BYTES } from './serialized-form.js';

/**
 * The graph that `serializeGraph` wrote. Throws a `KernelGraphError`: `malformed` where the bytes are not such a graph
 * (cut short, unknown kernels, nodes that read what does not stand before them, shapes that do not follow from what a
 * node reads), `too-large` where its values would take more than `limits`.
 */
export function deserializeGraph(bytes: Uint8Array, limits: GraphLimits = {}): KernelGraph {
  try {
    const graph = readGraph(bytes);
    checkGraph(graph);
    checkSizes(graph, limits);
    return graph;
  } catch (cause) {
    if (cause instanceof KernelGraphError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new KernelGraphError('malformed', `Cannot read a kernel graph: ${reason}`, { cause });
  }
}

function readGraph(bytes: Uint8Array): KernelGraph {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const decoder = new TextDecoder('utf-8', { fatal: true });
  if (bytes.length < PREFIX_BYTES || decoder.decode(bytes.slice(0, MAGIC.length)) !== MAGIC) {
    throw malformed(`need bytes that begin with ${MAGIC}, got ${bytes.length} others`);
  }
  const headerLength = view.getUint32(MAGIC.length, true);
  if (PREFIX_BYTES + headerLength > bytes.length) {
    throw malformed(`the header needs ${headerLength} bytes, got ${bytes.length - PREFIX_BYTES}`);
  }
  const header = JSON.parse(
    decoder.decode(bytes.slice(PREFIX_BYTES, PREFIX_BYTES + headerLength)),
  ) as JsonGraph;
  return fromJson(header, bytes.subarray(aligned(PREFIX_BYTES + headerLength)));
}

function malformed(reason: string): KernelGraphError {
  return new KernelGraphError('malformed', `Cannot read a kernel graph: ${reason}`);
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
    throw malformed(`a constant needs bytes ${constant.at} to ${constant.at + bytes}, got ${data.length}`);
  }
  const values = allocate(dtype, sizeOf(shape)) as Uint8Array;
  new Uint8Array(values.buffer).set(data.subarray(constant.at, constant.at + bytes));
  return { dtype, shape, data: values };
}

function decode(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(decode);
  if (typeof value !== 'object' || value === null) return value;
  const special = (value as { $number?: string }).$number;
  if (special !== undefined) return Number(special);
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, decode(each)]));
}
