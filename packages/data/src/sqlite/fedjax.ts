// FedJAX's layout (`SQLiteFederatedData`): a table `federated_data` with a row for each client, whose `data` is
// msgpack, packed by zlib, of arrays by name; an array is an extension of shape, element type and bytes in row-major
// order.
import { inflateSync } from 'node:zlib';
import { tensorType } from '@starling/federated-core';
import { sizeOf, thrownWords } from '@starling/federated-core/plan';
import { type ColumnType, text } from '../columns/column-type.js';
import { FileError } from '../errors/file-error.js';
import type { SqliteFile } from './database.js';
import { namesAndCounts, type SqliteLayout } from './sqlite-layout.js';

interface StoredArray {
  readonly shape: readonly number[];
  /** The name of numpy, such as `float32`; `bytes` of texts. */
  readonly dtype: string;
  readonly values: ArrayLike<unknown>;
}

export async function fedjaxLayout({ file: { path }, all }: SqliteFile): Promise<SqliteLayout> {
  const { decode, ExtensionCodec } = await import('@msgpack/msgpack');
  const codec = new ExtensionCodec();
  const arrayOf = (bytes: Uint8Array): StoredArray => {
    const [shape, name, data] = decode(bytes) as [number[], string | Uint8Array, Uint8Array];
    const dtype = typeof name === 'string' ? name : Buffer.from(name).toString('latin1');
    return { shape, dtype, values: numbersOf(dtype, data) };
  };
  codec.register({ type: 1, encode: () => null, decode: arrayOf });
  codec.register({ type: 3, encode: () => null, decode: arrayOf });
  codec.register({
    type: 4,
    encode: () => null,
    decode: (bytes) => {
      const [shape, texts] = decode(bytes) as [number[], (Uint8Array | string)[]];
      return {
        shape,
        dtype: 'bytes',
        values: texts.map((part) => (typeof part === 'string' ? part : Buffer.from(part).toString('utf8'))),
      };
    },
  });
  const { ids, counts } = namesAndCounts(
    all(
      'select cast(group_concat(hex(client_id)) as blob), cast(group_concat(num_examples) as blob) from (select client_id, num_examples from federated_data order by rowid)',
    )[0],
  );
  const keys = ids.map((id) => Buffer.from(id, 'utf8'));
  const arrays = (client: number): Readonly<Record<string, StoredArray>> => {
    const [row] = all('select data from federated_data where client_id = ?', keys[client] as Buffer);
    const data = row?.[0];
    try {
      return decode(inflateSync(data as Buffer), { extensionCodec: codec }) as Record<string, StoredArray>;
    } catch (cause) {
      throw new FileError({
        path,
        client: ids[client] as string,
        need: 'must hold arrays as FedJAX packs them: msgpack, by zlib',
        got: thrownWords(cause),
        remedy: 'Write the file with SQLiteFederatedDataBuilder and its own serialization.',
        cause,
      });
    }
  };
  const first = ids.length === 0 ? {} : arrays(0);
  return {
    format: 'SQLite of FedJAX',
    ids,
    counts,
    columns: new Map(Object.entries(first).map(([name, array]) => [name, typeOf(array)])),
    rows: (client) => new Map(Object.entries(arrays(client)).map(([name, array]) => [name, rowsOf(array)])),
  };
}

/** int64 is int32 here, as it is in JAX; a number outside is an error when it is read. */
function typeOf({ dtype, shape, values }: StoredArray): ColumnType {
  const inner = shape.slice(1);
  if (dtype === 'bytes')
    return text(Math.max(1, ...Array.from(values, (value) => Buffer.byteLength(String(value)))));
  if (dtype === 'float32' || dtype === 'float64' || dtype === 'uint8' || dtype === 'bool')
    return tensorType(dtype, inner);
  return tensorType(dtype === 'float16' ? 'float32' : 'int32', inner);
}

/** A number or a list for each row. */
function rowsOf({ shape, values }: StoredArray): ArrayLike<unknown> {
  const size = sizeOf(shape.slice(1));
  if (shape.length === 1) return values;
  const numbers = values as Float32Array;
  return Array.from({ length: shape[0] ?? 0 }, (_, row) => numbers.subarray(row * size, (row + 1) * size));
}

const ARRAYS = {
  float32: Float32Array,
  float64: Float64Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  bool: Uint8Array,
} as const;

function numbersOf(dtype: string, bytes: Uint8Array): ArrayLike<unknown> {
  const make = ARRAYS[dtype as keyof typeof ARRAYS];
  if (make === undefined)
    throw new RangeError(`arrays must be of ${Object.keys(ARRAYS).join(', ')}, got ${dtype}`);
  const own = new Uint8Array(bytes); // aligned
  return new make(own.buffer, 0, own.byteLength / make.BYTES_PER_ELEMENT);
}
