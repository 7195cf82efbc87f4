// Files as FedJAX and TFF write them: their bytes are put together here by the specifications of msgpack and of
// protocol buffers, not by the libraries that read them.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { float32, int32, struct, uint8 } from '@starling/federated-core';
import Libsql from 'libsql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { text } from '../columns/column-type.js';
import { inspectData } from '../formats/inspect-data.js';
import { numbers, written } from '../testing/written-file.js';
import { readSqlite } from './read-sqlite.js';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'starling-sqlite-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

type Insert = readonly (string | number | Buffer)[];

function database(
  name: string,
  schema: string,
  inserts: Readonly<Record<string, readonly Insert[]>>,
): string {
  const path = join(folder, name);
  const file = new Libsql(path);
  file.exec(schema);
  file.exec('begin');
  for (const [table, rows] of Object.entries(inserts)) {
    for (const row of rows)
      file.prepare(`insert into ${table} values (${row.map(() => '?').join(', ')})`).run(...row);
  }
  file.exec('commit');
  file.close();
  return path;
}

/** msgpack: fixstr, bin 16, fixarray, ext 32, fixmap. */
const str = (value: string) => Buffer.concat([Buffer.from([0xa0 | value.length]), Buffer.from(value)]);
const bin = (value: Uint8Array) =>
  Buffer.concat([Buffer.from([0xc5, value.length >> 8, value.length & 255]), value]);
const list = (...parts: readonly Buffer[]) => Buffer.concat([Buffer.from([0x90 | parts.length]), ...parts]);
const ext = (type: number, value: Buffer) =>
  Buffer.concat([Buffer.from([0xc9, 0, 0, value.length >> 8, value.length & 255, type]), value]);
const array = (shape: readonly number[], dtype: string, data: { readonly buffer: ArrayBufferLike }) =>
  ext(
    1,
    list(list(...shape.map((size) => Buffer.from([size]))), str(dtype), bin(new Uint8Array(data.buffer))),
  );
const map = (fields: Readonly<Record<string, Buffer>>) =>
  Buffer.concat([
    Buffer.from([0x80 | Object.keys(fields).length]),
    ...Object.entries(fields).flatMap(([name, value]) => [str(name), value]),
  ]);

const FEDJAX =
  'create table federated_data (client_id blob not null primary key, data blob not null, num_examples integer not null)';
const client = (id: string, data: Buffer, count: number): Insert => [
  Buffer.from(id),
  deflateSync(data),
  count,
];
const two = map({
  x: array([2, 1, 2], 'float32', Float32Array.of(1, 2, 3, 4)),
  y: array([2], 'int64', BigInt64Array.of(5n, -6n)),
  image: array([2, 2], 'uint8', Uint8Array.of(1, 2, 3, 255)),
  name: ext(4, list(list(Buffer.from([2])), list(bin(Buffer.from('ab')), bin(Buffer.from('c'))))),
});
const one = map({
  x: array([1, 1, 2], 'float32', Float32Array.of(7, 8)),
  y: array([1], 'int64', BigInt64Array.of(9n)),
  image: array([1, 2], 'uint8', Uint8Array.of(9, 9)),
  name: ext(4, list(list(Buffer.from([1])), list(bin(Buffer.from('long'))))),
});

describe('readSqlite of FedJAX', () => {
  test('gives each client its arrays, with the types that are stored', async () => {
    const path = database('a.sqlite', FEDJAX, {
      federated_data: [client('zoë', two, 2), client('b', one, 1)],
    });
    const data = await readSqlite(path, { types: { name: text(4) } });
    expect([...data.clientIds()]).toEqual(['zoë', 'b']);
    expect(data.element).toEqual(struct({ x: float32(1, 2), y: int32(), image: uint8(2), name: uint8(4) }));
    expect(await numbers(data, 0, 'x')).toEqual([1, 2, 3, 4]);
    expect(await numbers(data, 0, 'y')).toEqual([5, -6]);
    expect(await numbers(data, 0, 'image')).toEqual([1, 2, 3, 255]);
    expect(await numbers(data, 1, 'name')).toEqual([...Buffer.from('long')]);
    expect(data.exampleCount(0)).toBe(2);
    const known = await readSqlite(path);
    expect(() => known.rows(1)).toThrow(
      "row 1, client 'b', column 'name' must be text of at most 2 bytes, got 'long'. If it marks",
    );
    expect(await inspectData(path)).toMatchObject({
      format: 'SQLite of FedJAX',
      rows: 3,
      clients: { count: 2 },
    });
  });

  test('finds each of 20,000 clients, and reads none but the first when the file is opened', async () => {
    const packed = deflateSync(one);
    const rows = Array.from({ length: 20_000 }, (_, index): Insert => {
      return [Buffer.from(`client ${index}`), index % 2 === 0 ? packed : Buffer.from('damaged'), 1];
    });
    const path = database('many.sqlite', FEDJAX, { federated_data: rows });
    const data = await readSqlite(path, { cacheBytes: 0 });
    expect(data.size).toBe(20_000);
    expect([...data.clientIds()][19_998]).toBe('client 19998');
    expect(await numbers(data, 19_998, 'x')).toEqual([7, 8]);
    await expect((async () => data.rows(19_999))()).rejects.toThrow("client 'client 19999' must hold arrays");
  });

  test('refuses a client whose data is damaged, or of another number of rows', async () => {
    const bad = database('bad.sqlite', FEDJAX, {
      federated_data: [client('a', one, 1), ['b', Buffer.from('xyz'), 1]],
    });
    await expect(readSqlite(bad).then((data) => data.rows(1))).rejects.toThrow(
      "client 'b' must hold arrays as FedJAX packs them: msgpack, by zlib, got",
    );
    const path = database('count.sqlite', FEDJAX, { federated_data: [client('a', one, 2)] });
    await expect(readSqlite(path).then((data) => data.rows(0))).rejects.toThrow(
      "client 'a', column 'x' must have 2 rows, as the file says, got 1",
    );
  });
});

/** Protocol buffers: a field of bytes, with its number. */
const field = (number: number, value: Uint8Array) =>
  Buffer.concat([Buffer.from([(number << 3) | 2, value.length]), value]);
const feature = (name: string, kind: number, value: Buffer) =>
  field(1, Buffer.concat([field(1, Buffer.from(name)), field(2, field(kind, value))]));
const example = (...features: readonly Buffer[]) => field(1, Buffer.concat(features));
const floats = (...values: readonly number[]) => field(1, new Uint8Array(Float32Array.from(values).buffer));
const digit = (label: number[], pixels: readonly number[], word: string) =>
  example(
    feature('label', 3, field(1, Uint8Array.from(label))),
    feature('pixels', 2, floats(...pixels)),
    feature('word', 1, field(1, Buffer.from(word))),
  );

const TFF = `create table examples (split_name text not null, client_id text not null, serialized_example_proto blob not null);
  create table client_metadata (client_id text not null, split_name text not null, num_examples integer not null)`;
const splits = {
  examples: [
    ['train', 'f1', digit([3], [0.5, 1], 'ab')],
    ['test', 'f1', digit([4], [0, 0], 'c')],
    ['train', 'f1', digit([0x80, 0x01], [2, 3], 'cd')], // 128
    ['train', 'f0', digit([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01], [4, 5], 'e')], // −1
  ],
  client_metadata: [
    ['f1', 'train', 2],
    ['f0', 'train', 1],
    ['f1', 'test', 1],
  ],
} as const;

describe('readSqlite of TFF', () => {
  test('gives the clients of a split, by name, their examples', async () => {
    const data = await readSqlite(database('tff.sqlite', TFF, splits), {
      split: 'train',
      types: { word: text(2) },
    });
    expect([...data.clientIds()]).toEqual(['f0', 'f1']);
    expect(data.element).toEqual(struct({ label: int32(), pixels: int32(2), word: uint8(2) }));
    expect(await numbers(data, 0, 'label')).toEqual([-1]);
    const floats = { split: 'train', types: { pixels: float32(2), word: text(2) } };
    const typed = await readSqlite(join(folder, 'tff.sqlite'), floats);
    expect(await numbers(typed, 1, 'pixels')).toEqual([0.5, 1, 2, 3]);
    expect(await numbers(typed, 1, 'label')).toEqual([3, 128]);
    expect(await numbers(typed, 1, 'word')).toEqual([...Buffer.from('abcd')]);
  });

  test('asks for the split, and refuses one that is not there', async () => {
    const path = database('splits.sqlite', TFF, splits);
    await expect(readSqlite(path)).rejects.toThrow(
      "has several splits, of which one, got train, test. Say which: split: 'train'",
    );
    await expect(readSqlite(path, { split: 'dev' })).rejects.toThrow(
      "must have a split 'dev', got train, test",
    );
  });

  test('refuses an example that is damaged, by client and row', async () => {
    const examples: readonly Insert[] = [['train', 'f', Buffer.from([0x0a, 0x50, 1])]];
    const path = database('broken.sqlite', TFF, { examples, client_metadata: [['f', 'train', 1]] });
    await expect(readSqlite(path)).rejects.toThrow("row 1, client 'f' must be a tf.train.Example, got");
  });
});

test('`readSqlite` refuses what is no database, or has other tables', async () => {
  await expect(readSqlite(written('a.sqlite', 'hello '.repeat(100)))).rejects.toThrow(
    'it must be a whole SQLite database, got file is not a database',
  );
  const path = database('other.sqlite', 'create table patients (age integer)', {});
  await expect(readSqlite(path)).rejects.toThrow(
    "must have FedJAX's table federated_data, or TFF's examples and client_metadata, got patients. Export other tables",
  );
});
