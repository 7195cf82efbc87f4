// The initializers of any ONNX model: its weights by name. Of all else in the file nothing is read, so that a model
// with operators that Starling does not know still gives its weights.
import { type Tensor, tensor } from '@starling/federated-core';
import { PbfReader } from 'pbf';
import { DATA_TYPE } from './encode-model.js';

/** TensorProto, onnx.proto3. */
interface RawTensor {
  name: string;
  type: number;
  readonly shape: number[];
  readonly floats: number[];
  bytes: Uint8Array | null;
  isElsewhere: boolean;
}

/** Those of float32. Throws a `TypeError` if the bytes are no model, or its weights are in another file. */
export function readInitializers(bytes: Uint8Array): ReadonlyMap<string, Tensor> {
  const found = new Map<string, Tensor>();
  let hasGraph = false;
  try {
    new PbfReader(bytes).readFields((tag, _, reader) => {
      if (tag !== 7) return;
      hasGraph = true;
      reader.readMessage((inner, into, part) => {
        if (inner === 5) addTensor(into, part);
      }, found);
    }, null);
  } catch (cause) {
    throw new TypeError('Cannot read an ONNX model: need its protocol buffer, got other bytes', { cause });
  }
  if (!hasGraph) throw new TypeError('Cannot read an ONNX model: need a graph in it, got none');
  return found;
}

function addTensor(into: Map<string, Tensor>, reader: PbfReader): void {
  const raw: RawTensor = { name: '', type: 0, shape: [], floats: [], bytes: null, isElsewhere: false };
  reader.readMessage((tag, each, part) => {
    if (tag === 1) part.readPackedVarint(each.shape, true);
    else if (tag === 2) each.type = part.readVarint();
    else if (tag === 4) part.readPackedFloat(each.floats);
    else if (tag === 8) each.name = part.readString();
    else if (tag === 9) each.bytes = part.readBytes();
    else if (tag === 14) each.isElsewhere = part.readVarint() === 1;
  }, raw);
  if (raw.type !== DATA_TYPE.float32) return;
  if (raw.isElsewhere) {
    throw new TypeError(
      `Cannot read weight '${raw.name}' of an ONNX model: need it in the file, got it in another`,
    );
  }
  const values = raw.bytes === null ? Float32Array.from(raw.floats) : floatsOf(raw.bytes);
  into.set(raw.name, tensor('float32', raw.shape, values));
}

/** A copy, since the bytes may not be aligned. */
function floatsOf(bytes: Uint8Array): Float32Array {
  const copy = new Uint8Array(bytes); // `slice` of Node's Buffer is none
  return new Float32Array(copy.buffer);
}
