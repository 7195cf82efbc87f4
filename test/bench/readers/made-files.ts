// Large files for measurements of readers, as others write them: LEAF's JSON, and FedJAX's SQLite, whose values are
// msgpack under zlib.
import { closeSync, openSync, writeSync } from 'node:fs';
import { deflateSync } from 'node:zlib';
import { type Generator, generator, seedFrom } from '@starling/federated-core';
import Libsql from 'libsql';

const EXAMPLES = 35;
const FEATURES = 520;

/** About 107 kB a user: 35 examples of 520 numbers, of which seven in ten are 0. */
export function writeLeaf(path: string, users: number): void {
  const random = generator(seedFrom(1));
  const names = Array.from({ length: users }, (_, user) => `u${user}`);
  const file = openSync(path, 'w');
  const head = { users: names, num_samples: names.map(() => EXAMPLES) };
  writeSync(file, `${JSON.stringify(head).slice(0, -1)},"user_data":{`);
  for (const [user, name] of names.entries()) {
    const x = Array.from({ length: EXAMPLES }, () => Array.from({ length: FEATURES }, () => sparse(random)));
    const y = Array.from({ length: EXAMPLES }, () => Math.floor(random.uniform() * 62));
    writeSync(file, `${user === 0 ? '' : ','}${JSON.stringify(name)}:${JSON.stringify({ x, y })}`);
  }
  writeSync(file, '}}');
  closeSync(file);
}

const sparse = (random: Generator): number =>
  random.uniform() < 0.3 ? Math.round(random.uniform() * 10_000) / 10_000 : 0;

const ROWS = 20;
const BYTES = 100;
const SCHEMA =
  'create table federated_data (client_id blob not null primary key, data blob not null, num_examples integer not null)';

/** 20 examples a client, of 100 bytes and an int32. */
export function writeFedJax(path: string, clients: number): void {
  const random = generator(seedFrom(1));
  const database = new Libsql(path);
  database.exec(SCHEMA);
  const insert = database.prepare('insert into federated_data values (?, ?, ?)');
  database.exec('begin');
  for (let client = 0; client < clients; client++) {
    const x = Uint8Array.from({ length: ROWS * BYTES }, () => random.uint32() & 255);
    const y = Int32Array.from({ length: ROWS }, () => random.uint32() % 10);
    const fields = map({ x: array([ROWS, BYTES], 'uint8', x), y: array([ROWS], 'int32', y) });
    insert.run(Buffer.from(`client-${String(client).padStart(6, '0')}`), deflateSync(fields), ROWS);
  }
  database.exec('commit');
  database.close();
}

/** msgpack: a map, texts, an array as FedJAX's extension 1 of shape, type and bytes. */
const text = (value: string): Buffer => Buffer.concat([Buffer.of(0xa0 | value.length), Buffer.from(value)]);
const list = (...parts: readonly Buffer[]): Buffer =>
  Buffer.concat([Buffer.of(0x90 | parts.length), ...parts]);
const long = (code: number, length: number): Buffer => Buffer.of(code, length >> 8, length & 255);
const map = (fields: Readonly<Record<string, Buffer>>): Buffer =>
  Buffer.concat([
    Buffer.of(0x80 | Object.keys(fields).length),
    ...Object.entries(fields).flatMap(([name, value]) => [text(name), value]),
  ]);
function array(shape: readonly number[], dtype: string, { buffer }: Uint8Array | Int32Array): Buffer {
  const bytes = Buffer.from(buffer);
  const sizes = list(...shape.map((size) => Buffer.of(size)));
  const value = list(sizes, text(dtype), Buffer.concat([long(0xc5, bytes.length), bytes]));
  return Buffer.concat([Buffer.of(0xc9, 0, 0, value.length >> 8, value.length & 255, 1), value]);
}
