// Reads a model that `encode-model.ts` wrote back into a graph, types and shapes included, so that an engine can fit it
// to the machine it stands on. Not a reader of any ONNX file: what Starling does not write, it does not know.
import type { Tensor } from '@starling/federated-core';
import { PbfReader } from 'pbf';
import { ATTRIBUTE_TYPE, DATA_TYPE } from './encode-model.js';
import type { OnnxAttribute, OnnxConstant, OnnxDType, OnnxGraph, OnnxNode, OnnxValue } from './onnx-model.js';

/** Throws if the bytes are no such model. */
export function decodeModel(bytes: Uint8Array): OnnxGraph {
  let graph: RawGraph | null = null;
  new PbfReader(bytes).readFields((tag, _, reader) => {
    if (tag === 7) graph = readGraph(reader);
  }, null);
  if (!graph) throw new TypeError('Cannot decode a model: it holds no graph');
  return resolved(graph, new Map());
}

/** A graph as it is written: values by name, described apart. */
interface RawGraph {
  name: string;
  readonly nodes: RawNode[];
  readonly constants: OnnxConstant[];
  readonly inputs: OnnxValue[];
  readonly outputs: OnnxValue[];
  readonly described: OnnxValue[];
}

interface RawNode {
  op: string;
  domain: string;
  readonly inputs: string[];
  readonly outputs: string[];
  readonly attributes: Record<string, OnnxAttribute>;
  readonly graphs: Record<string, RawGraph>;
}

function resolved(raw: RawGraph, outer: ReadonlyMap<string, OnnxValue>): OnnxGraph {
  const values = new Map(outer);
  for (const value of [...raw.described, ...raw.inputs, ...raw.outputs]) values.set(value.name, value);
  for (const { value } of raw.constants) values.set(value.name, value);
  const find = (name: string): OnnxValue => {
    const value = values.get(name);
    if (!value) throw new TypeError(`Cannot decode a model: '${name}' is not described`);
    return value;
  };
  const nodes = raw.nodes.map(({ op, domain, inputs, outputs, attributes, graphs }): OnnxNode => {
    const inner = Object.entries(graphs).map(
      ([name, graph]) => [name, { kind: 'graph', value: resolved(graph, values) } as const] as const,
    );
    return {
      op,
      ...(domain ? { domain } : {}),
      inputs: inputs.map((name) => (name === '' ? null : find(name))),
      outputs: outputs.map(find),
      attributes: { ...attributes, ...Object.fromEntries(inner) },
    };
  });
  return { name: raw.name, inputs: raw.inputs, constants: raw.constants, nodes, outputs: raw.outputs };
}

function readGraph(reader: PbfReader): RawGraph {
  const graph: RawGraph = { name: '', nodes: [], constants: [], inputs: [], outputs: [], described: [] };
  return reader.readMessage((tag, into, part) => {
    if (tag === 1) into.nodes.push(readNode(part));
    else if (tag === 2) into.name = part.readString();
    else if (tag === 5) into.constants.push(readConstant(part));
    else if (tag === 11) into.inputs.push(readValue(part));
    else if (tag === 12) into.outputs.push(readValue(part));
    else if (tag === 13) into.described.push(readValue(part));
  }, graph);
}

function readNode(reader: PbfReader): RawNode {
  const node: RawNode = { op: '', domain: '', inputs: [], outputs: [], attributes: {}, graphs: {} };
  return reader.readMessage((tag, into, part) => {
    if (tag === 1) into.inputs.push(part.readString());
    else if (tag === 2) into.outputs.push(part.readString());
    else if (tag === 4) into.op = part.readString();
    else if (tag === 5) readAttribute(part, into);
    else if (tag === 7) into.domain = part.readString();
  }, node);
}

function readAttribute(reader: PbfReader, node: RawNode): void {
  const read = {
    name: '',
    type: 0,
    number: 0,
    text: '',
    numbers: [] as number[],
    graph: null as RawGraph | null,
  };
  reader.readMessage((tag, into, part) => {
    if (tag === 1) into.name = part.readString();
    else if (tag === 2) into.number = part.readFloat();
    else if (tag === 3) into.number = part.readVarint(true);
    else if (tag === 4) into.text = part.readString();
    else if (tag === 6) into.graph = readGraph(part);
    else if (tag === 8) part.readPackedVarint(into.numbers, true);
    else if (tag === 20) into.type = part.readVarint();
  }, read);
  if (read.graph) node.graphs[read.name] = read.graph;
  if (read.type === ATTRIBUTE_TYPE.float) node.attributes[read.name] = { kind: 'float', value: read.number };
  if (read.type === ATTRIBUTE_TYPE.int) node.attributes[read.name] = { kind: 'int', value: read.number };
  if (read.type === ATTRIBUTE_TYPE.string) node.attributes[read.name] = { kind: 'string', value: read.text };
  if (read.type === ATTRIBUTE_TYPE.ints) node.attributes[read.name] = { kind: 'ints', value: read.numbers };
}

function readConstant(reader: PbfReader): OnnxConstant {
  const read = { name: '', type: 0, shape: [] as number[], texts: [] as string[], bytes: new Uint8Array() };
  reader.readMessage((tag, into, part) => {
    if (tag === 1) part.readPackedVarint(into.shape);
    else if (tag === 2) into.type = part.readVarint();
    else if (tag === 6) into.texts.push(part.readString());
    else if (tag === 8) into.name = part.readString();
    else if (tag === 9) into.bytes = new Uint8Array(part.readBytes());
  }, read);
  const dtype = typeOf(read.type);
  const data = dtype === 'string' ? read.texts : new ARRAYS[dtype](read.bytes.slice().buffer);
  const tensor = { dtype, shape: read.shape, data } as Tensor;
  return { value: { name: read.name, dtype, shape: read.shape }, tensor };
}

const ARRAYS = {
  float32: Float32Array,
  float64: Float64Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  bool: Uint8Array,
} as const satisfies Record<Exclude<OnnxDType, 'string'>, unknown>;

function typeOf(code: number): OnnxDType {
  const found = Object.entries(DATA_TYPE).find(([, number]) => number === code);
  if (!found) throw new TypeError(`Cannot decode a model: element type ${code} is unknown`);
  return found[0] as OnnxDType;
}

function readValue(reader: PbfReader): OnnxValue {
  const read = { name: '', type: 0, shape: [] as number[] };
  reader.readMessage((tag, into, part) => {
    if (tag === 1) into.name = part.readString();
    else if (tag === 2) part.readMessage((inner, _, type) => inner === 1 && readTensorType(type, into), null);
  }, read);
  return { name: read.name, dtype: typeOf(read.type), shape: read.shape };
}

function readTensorType(reader: PbfReader, into: { type: number; readonly shape: number[] }): void {
  reader.readMessage((tag, _, part) => {
    if (tag === 1) into.type = part.readVarint();
    else if (tag === 2)
      part.readMessage((inner, _none, shape) => inner === 1 && readDimension(shape, into.shape), null);
  }, null);
}

/** A known length, or a name for one that is known at run time: −1. */
function readDimension(reader: PbfReader, shape: number[]): void {
  const read = { length: 0 };
  reader.readMessage((tag, into, part) => {
    if (tag === 1) into.length = part.readVarint();
    else if (tag === 2) {
      into.length = -1;
      part.readString();
    }
  }, read);
  shape.push(read.length);
}
