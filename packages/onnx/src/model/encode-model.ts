// Writes an ONNX graph as a model in protocol-buffer bytes: the last step of lowering. Field and enum numbers
// are those of onnx.proto3 (github.com/onnx/onnx, IR version 8, operator set 18).
import type { Tensor } from '@starling/federated-core';
import { PbfWriter } from 'pbf';
import {
  type OnnxAttribute,
  type OnnxConstant,
  type OnnxDType,
  type OnnxGraph,
  type OnnxNode,
  type OnnxValue,
  subgraphsOf,
} from './onnx-model.js';

/** The operator set of the models: chosen so that ONNX runtimes since 2023 (onnxruntime 1.14) run them. */
const OPERATOR_SET = 18;
const IR_VERSION = 8;
const FOREIGN_VERSION = 1;

/** Numbers of element types. */
export const DATA_TYPE = {
  float32: 1,
  uint8: 2,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float64: 11,
} as const satisfies Record<OnnxDType, number>;

/** Numbers of attribute types. */
export const ATTRIBUTE_TYPE = { float: 1, int: 2, string: 3, graph: 5, ints: 7 } as const satisfies Record<
  OnnxAttribute['kind'],
  number
>;

/** The model as bytes, ready for any ONNX runtime. The same graph gives the same bytes. */
export function encodeModel(graph: OnnxGraph): Uint8Array {
  const writer = new PbfWriter();
  writer.writeVarintField(1, IR_VERSION);
  writer.writeStringField(2, 'starling');
  writer.writeMessage(7, writeGraph, graph);
  writer.writeMessage(8, writeOperatorSet, { domain: '', version: OPERATOR_SET });
  for (const domain of foreignDomains(graph)) {
    writer.writeMessage(8, writeOperatorSet, { domain, version: FOREIGN_VERSION });
  }
  return writer.finish();
}

/** Domains of operators that are not ONNX's own, in order. */
function foreignDomains(graph: OnnxGraph, found = new Set<string>()): readonly string[] {
  for (const node of graph.nodes) {
    if (node.domain) found.add(node.domain);
    for (const inner of subgraphsOf(node)) foreignDomains(inner, found);
  }
  return [...found].sort();
}

interface OperatorSet {
  readonly domain: string;
  readonly version: number;
}

function writeOperatorSet({ domain, version }: OperatorSet, writer: PbfWriter): void {
  writer.writeStringField(1, domain);
  writer.writeVarintField(2, version);
}

function writeGraph(graph: OnnxGraph, writer: PbfWriter): void {
  for (const node of graph.nodes) writer.writeMessage(1, writeNode, node);
  writer.writeStringField(2, graph.name);
  for (const constant of graph.constants) writer.writeMessage(5, writeConstant, constant);
  for (const input of graph.inputs) writer.writeMessage(11, writeValueInfo, input);
  for (const output of graph.outputs) writer.writeMessage(12, writeValueInfo, output);
  // Types and shapes of all values, so that an engine can fit the model to its machine (decode-model.ts).
  const outputs = new Set(graph.outputs.map(({ name }) => name));
  for (const node of graph.nodes) {
    for (const value of node.outputs)
      if (!outputs.has(value.name)) writer.writeMessage(13, writeValueInfo, value);
  }
}

function writeNode(node: OnnxNode, writer: PbfWriter): void {
  for (const input of node.inputs) writer.writeStringField(1, input?.name ?? '');
  for (const output of node.outputs) writer.writeStringField(2, output.name);
  writer.writeStringField(4, node.op);
  for (const entry of Object.entries(node.attributes)) writer.writeMessage(5, writeAttribute, entry);
  if (node.domain) writer.writeStringField(7, node.domain);
}

function writeAttribute([name, attribute]: [string, OnnxAttribute], writer: PbfWriter): void {
  writer.writeStringField(1, name);
  switch (attribute.kind) {
    case 'float':
      writer.writeFloatField(2, attribute.value);
      break;
    case 'int':
      writer.writeVarintField(3, attribute.value);
      break;
    case 'string':
      writer.writeStringField(4, attribute.value);
      break;
    case 'graph':
      writer.writeMessage(6, writeGraph, attribute.value);
      break;
    case 'ints':
      writer.writePackedVarint(8, [...attribute.value]);
      break;
    default:
      attribute satisfies never;
  }
  writer.writeVarintField(20, ATTRIBUTE_TYPE[attribute.kind]);
}

function writeConstant({ value, tensor }: OnnxConstant, writer: PbfWriter): void {
  writer.writePackedVarint(1, [...value.shape]);
  writer.writeVarintField(2, DATA_TYPE[value.dtype]);
  if (tensor.dtype === 'string') {
    for (const text of tensor.data as readonly string[]) writer.writeStringField(6, text);
  }
  writer.writeStringField(8, value.name);
  if (tensor.dtype !== 'string') writer.writeBytesField(9, littleEndianBytes(tensor));
}

/** The elements as bytes. Every platform that Node and browsers run on is little-endian, as ONNX asks. */
function littleEndianBytes(tensor: Tensor): Uint8Array {
  const data = tensor.data as Exclude<Tensor['data'], readonly string[]>;
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

function writeValueInfo(value: OnnxValue, writer: PbfWriter): void {
  writer.writeStringField(1, value.name);
  writer.writeMessage(2, writeType, value);
}

function writeType(value: OnnxValue, writer: PbfWriter): void {
  writer.writeMessage(1, writeTensorType, value);
}

function writeTensorType(value: OnnxValue, writer: PbfWriter): void {
  writer.writeVarintField(1, DATA_TYPE[value.dtype]);
  writer.writeMessage(2, writeShape, value);
}

function writeShape(value: OnnxValue, writer: PbfWriter): void {
  value.shape.forEach((size, axis) => {
    const dimension = size >= 0 ? size : `${value.name}_${axis}`;
    writer.writeMessage(1, writeDimension, dimension);
  });
}

function writeDimension(dimension: number | string, writer: PbfWriter): void {
  if (typeof dimension === 'number') writer.writeVarintField(1, dimension);
  else writer.writeStringField(2, dimension);
}
