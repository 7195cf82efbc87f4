// Safetensors, the body of every message and checkpoint: an 8-byte little-endian header length, a JSON header
// and the tensors' bytes (https://github.com/huggingface/safetensors, format of 2023). Tensors are laid out by
// descending element size, which aligns each of them without a hole, so that reading needs no copy.
//
// The format has no strings. A string tensor is written as U8 bytes of a JSON array of its strings, and its
// shape stands in the header's metadata under `string:<name>`, as JSON.
import type { DType, Tensor } from '@starling/federated-core';
import { allocate, bytesPerElement, sizeOf } from '@starling/federated-core/plan';
import { BodyError } from './body-error.js';

export interface Safetensors {
  readonly tensors: ReadonlyMap<string, Tensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

export interface SafetensorsLimits {
  /** Longest header taken, in bytes. Default 1 MiB. */
  readonly maxHeaderBytes?: number;
}

/**
 * The bytes of named tensors, in memory that starts 8-aligned. Names must differ; metadata is text. `take` gives that
 * memory, of any content, at the beginning of its buffer. Default: fresh memory. Throws a `BodyError` for a repeated
 * name.
 */
export function encodeSafetensors(
  entries: Iterable<readonly [string, Tensor]>,
  metadata: Readonly<Record<string, string>> = {},
  take: (bytes: number) => Uint8Array = (bytes) => new Uint8Array(bytes),
): Uint8Array {
  const notes: Record<string, string> = { ...metadata };
  const parts: { name: string; tag: string; shape: readonly number[]; align: number; bytes: Uint8Array }[] =
    [];
  for (const [name, { dtype, shape, data }] of entries) {
    if (dtype === 'string') {
      const bytes = new TextEncoder().encode(JSON.stringify(data));
      notes[`string:${name}`] = JSON.stringify(shape);
      parts.push({ name, tag: 'U8', shape: [bytes.length], align: 1, bytes });
    } else {
      parts.push({ name, tag: TAGS[dtype], shape, align: bytesPerElement[dtype], bytes: bytesOf(data) });
    }
  }
  parts.sort((a, b) => b.align - a.align); // stable: equal sizes stay in the order given
  const header = new Map<string, unknown>();
  if (Object.keys(notes).length > 0) header.set(METADATA, notes);
  let end = 0;
  for (const { name, tag, shape, bytes } of parts) {
    if (header.has(name)) throw new BodyError(`Cannot write tensors: names must differ, got '${name}' twice`);
    header.set(name, { dtype: tag, shape, data_offsets: [end, end + bytes.length] });
    end += bytes.length;
  }
  const json = new TextEncoder().encode(stringifyHeader(header));
  const headerBytes = Math.ceil(json.length / ALIGNMENT) * ALIGNMENT;
  const file = take(LENGTH_BYTES + headerBytes + end);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerBytes), true);
  file.set(json, LENGTH_BYTES);
  file.fill(SPACE, LENGTH_BYTES + json.length, LENGTH_BYTES + headerBytes);
  let offset = LENGTH_BYTES + headerBytes;
  for (const { bytes } of parts) {
    file.set(bytes, offset);
    offset += bytes.length;
  }
  return file;
}

/**
 * The tensors of `bytes`: views of it where it starts 8-aligned, else of one copy. Throws a `BodyError` for
 * anything but a well-formed file: nothing is allocated on the word of the header alone.
 */
export function decodeSafetensors(bytes: Uint8Array, limits: SafetensorsLimits = {}): Safetensors {
  const { maxHeaderBytes = 1 << 20 } = limits;
  if (bytes.length < LENGTH_BYTES) fail(`need at least ${LENGTH_BYTES} bytes, got ${bytes.length}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerBytes = Number(view.getBigUint64(0, true));
  const available = Math.min(maxHeaderBytes, bytes.length - LENGTH_BYTES);
  if (headerBytes > available) fail(`need a header of at most ${available} bytes, got ${headerBytes}`);
  const dataStart = LENGTH_BYTES + headerBytes;
  const { entries, metadata } = readHeader(bytes.subarray(LENGTH_BYTES, dataStart));
  const view8 = bytes.subarray(dataStart);
  const data = view8.byteOffset % ALIGNMENT === 0 ? view8 : view8.slice();

  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);
  let end = 0;
  const tensors = new Map<string, Tensor>();
  for (const entry of entries) {
    if (entry.begin !== end) {
      fail(
        `need tensors side by side without a hole: '${entry.name}' must start at ${end}, got ${entry.begin}`,
      );
    }
    if (entry.end > data.length) fail(`'${entry.name}' must end by ${data.length}, got ${entry.end}`);
    end = entry.end;
    tensors.set(entry.name, readTensor(entry, data.subarray(entry.begin, entry.end), metadata));
  }
  if (end !== data.length) fail(`the header must cover all ${data.length} bytes of data, got ${end}`);
  return { tensors, metadata };
}

/** The leaves of a value as one body, named "0", "1", … in order. */
export function encodeLeaves(
  leaves: readonly Tensor[],
  metadata: Readonly<Record<string, string>> = {},
  take?: (bytes: number) => Uint8Array,
): Uint8Array {
  return encodeSafetensors(
    leaves.map((leaf, index) => [String(index), leaf] as const),
    metadata,
    take,
  );
}

/** The leaves of a body written by `encodeLeaves`, in order; throws a `BodyError` for any other name. */
export function decodeLeaves(bytes: Uint8Array, limits: SafetensorsLimits = {}): Tensor[] {
  const { tensors } = decodeSafetensors(bytes, limits);
  return Array.from({ length: tensors.size }, (_, index) => {
    const leaf = tensors.get(String(index));
    if (leaf === undefined) fail(`need leaves named 0 to ${tensors.size - 1}, got no '${index}'`);
    return leaf;
  });
}

const LENGTH_BYTES = 8;
const ALIGNMENT = 8;
const SPACE = 0x20;
const METADATA = '__metadata__';

const TAGS = {
  float32: 'F32',
  float64: 'F64',
  int32: 'I32',
  int64: 'I64',
  uint8: 'U8',
  bool: 'BOOL',
} as const satisfies Record<Exclude<DType, 'string'>, string>;

const DTYPES = new Map(
  Object.entries(TAGS).map(([dtype, tag]) => [tag as string, dtype as keyof typeof TAGS] as const),
);

interface Entry {
  readonly name: string;
  readonly dtype: keyof typeof TAGS;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

function fail(actual: string): never {
  throw new BodyError(`Cannot read tensors: ${actual}`);
}

/**
 * What a value of a header is, short whatever it holds: it may be nested deeper than the stack, which printing it whole
 * would run out of.
 */
function kindOf(value: unknown): string {
  if (typeof value === 'string') return `'${value.slice(0, 20)}'`;
  if (value === null || typeof value !== 'object') return String(value);
  return Array.isArray(value) ? 'an array' : 'an object';
}

function bytesOf(data: ArrayBufferView | readonly string[]): Uint8Array {
  const view = data as ArrayBufferView;
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

/** JSON of the header with its keys in order, even such as '1' that an object would put first. */
function stringifyHeader(header: ReadonlyMap<string, unknown>): string {
  const fields = Array.from(header, ([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`);
  return `{${fields.join(',')}}`;
}

function readHeader(bytes: Uint8Array): { entries: Entry[]; metadata: Record<string, string> } {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new BodyError('Cannot read tensors: the header must be JSON in UTF-8', { cause });
  }
  if (!isRecord(header)) fail(`the header must be an object, got ${kindOf(header)}`);
  const metadata: Record<string, string> = {};
  const entries: Entry[] = [];
  for (const [name, value] of Object.entries(header)) {
    if (!isRecord(value)) fail(`the header's '${name}' must be an object`);
    if (name !== METADATA) entries.push(readEntry(name, value));
    else {
      for (const [key, text] of Object.entries(value)) {
        if (typeof text !== 'string') fail(`metadata must be text, got ${kindOf(text)} for '${key}'`);
        metadata[key] = text;
      }
    }
  }
  return { entries, metadata };
}

function readEntry(name: string, entry: Readonly<Record<string, unknown>>): Entry {
  const tag = entry['dtype'];
  const dtype = typeof tag === 'string' ? DTYPES.get(tag) : undefined;
  if (dtype === undefined) {
    fail(`'${name}' needs a dtype of ${[...DTYPES.keys()].join(', ')}, got ${kindOf(tag)}`);
  }
  const { shape, data_offsets: offsets } = entry;
  if (!isShape(shape)) fail(`'${name}' needs a shape of non-negative integers`);
  if (!isShape(offsets) || offsets.length !== 2) fail(`'${name}' needs two data offsets`);
  const [begin, end] = offsets as [number, number];
  const bytes = sizeOf(shape) * bytesPerElement[dtype];
  if (end - begin !== bytes) {
    fail(`'${name}' of shape [${shape.join(', ')}] needs ${bytes} bytes, got ${end - begin}`);
  }
  return { name, dtype, shape, begin, end };
}

function readTensor(
  { name, dtype, shape }: Entry,
  bytes: Uint8Array,
  metadata: Readonly<Record<string, string>>,
): Tensor {
  const stringShape = metadata[`string:${name}`];
  if (stringShape !== undefined) return readStrings(name, stringShape, bytes);
  if (dtype === 'uint8') return { dtype, shape, data: bytes };
  if (dtype === 'bool') {
    if (bytes.some((byte) => byte > 1)) fail(`'${name}' needs booleans of 0 or 1`);
    return { dtype, shape, data: bytes };
  }
  if (bytes.byteOffset % bytesPerElement[dtype] !== 0) {
    // Another writer's layout: legal, only not aligned.
    const data = allocate(dtype, sizeOf(shape));
    bytesOf(data).set(bytes);
    return { dtype, shape, data };
  }
  return { dtype, shape, data: viewOf(dtype, bytes) };
}

function viewOf(dtype: Exclude<keyof typeof TAGS, 'uint8' | 'bool'>, bytes: Uint8Array) {
  const { buffer, byteOffset } = bytes;
  const length = bytes.byteLength / bytesPerElement[dtype];
  switch (dtype) {
    case 'float32':
      return new Float32Array(buffer, byteOffset, length);
    case 'float64':
      return new Float64Array(buffer, byteOffset, length);
    case 'int32':
      return new Int32Array(buffer, byteOffset, length);
    case 'int64':
      return new BigInt64Array(buffer, byteOffset, length);
  }
}

function readStrings(name: string, shapeText: string, bytes: Uint8Array): Tensor<'string'> {
  let shape: unknown;
  let data: unknown;
  try {
    shape = JSON.parse(shapeText);
    data = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new BodyError(`Cannot read tensors: '${name}' must be JSON in UTF-8`, { cause });
  }
  if (!isShape(shape)) fail(`'${name}' needs a shape of non-negative integers`);
  if (
    !Array.isArray(data) ||
    data.length !== sizeOf(shape) ||
    data.some((text) => typeof text !== 'string')
  ) {
    fail(`'${name}' needs ${sizeOf(shape)} strings`);
  }
  return { dtype: 'string', shape, data: data as string[] };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isShape(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((each) => Number.isSafeInteger(each) && each >= 0);
}
