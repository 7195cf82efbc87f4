// Archives as numpy writes them; headers are put together here by NEP 1.
import { float32, int32, struct, uint8 } from '@starling/federated-core';
import { zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { numbers, written } from '../testing/written-file.js';
import { inspectArrays } from './inspect-arrays.js';
import { readNpz } from './read-npz.js';

function npy(
  descr: string,
  shape: string,
  data: { readonly buffer: ArrayBufferLike },
  order = 'False',
): Uint8Array {
  const text = `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': ${shape}, }`;
  const header = `${text.padEnd(117)}\n`;
  const begin = Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0, header.length, 0]);
  return Buffer.concat([begin, Buffer.from(header), new Uint8Array(data.buffer)]);
}

const x = npy('<f4', '(3, 2)', Float32Array.of(1, 2, 3, 4, 5, 6));
const y = npy('<i8', '(3,)', BigInt64Array.of(7n, -8n, 9n));
const who = npy('|u1', '(3,)', Uint8Array.of(1, 0, 1));

describe('inspectArrays', () => {
  test('tells their types, extremes and clients', async () => {
    const path = written('a.npz', zipSync({ 'x.npy': x, 'y.npy': y, 'who.npy': who }));
    const report = await inspectArrays(path, { client: 'who' });
    expect(report).toMatchObject({
      format: 'npz',
      rows: 3,
      clients: { column: 'who', count: 2, rows: { min: 1, median: 1.5, max: 2 } },
    });
    expect(report.columns.map(({ name, type, min, max, note }) => [name, type, min, max, note])).toEqual([
      ['x', 'float32(2)', 1, 6, null],
      ['y', 'int32()', -8, 9, null],
      ['who', 'uint8()', 0, 1, null],
    ]);
    const one = await inspectArrays(written('labels.npy', y));
    expect(one).toMatchObject({
      format: 'array',
      rows: 3,
      clients: null,
      columns: [{ name: 'labels', max: 9 }],
    });
  });

  test('says which array has other rows, and which one is to name the client', async () => {
    const short = npy('<f8', '(1,)', Float64Array.of(1));
    const path = written('a.npz', zipSync({ 'x.npy': x, 'z.npy': short }));
    const { columns } = await inspectArrays(path);
    expect(columns.map(({ note }) => note)).toEqual([
      null,
      'z has 1 row, and the first array 3: leave it out of columns',
    ]);
    await expect(inspectArrays(path, { client: 'who' })).rejects.toThrow("must have a column 'who'");
  });

  test('counts NaN as missing, and says what they do', async () => {
    const odd = npy('<f4', '(3,)', Float32Array.of(1, Number.NaN, Number.NaN));
    const { columns } = await inspectArrays(written('odd.npy', odd));
    expect(columns).toMatchObject([{ name: 'odd', missing: 2, min: 1, max: 1 }]);
    expect(columns[0]?.note).toContain('odd has 2 NaN');
  });

  test('refuses what has no rows, and names a scalar beside arrays', async () => {
    const none = written('none.npy', npy('<f4', '(0, 4)', new Float32Array()));
    await expect(inspectArrays(none)).rejects.toThrow(
      "Cannot read none.npy: column 'none' must have rows, got none, of shape [0,4]",
    );
    const scalar = npy('<f4', '()', Float32Array.of(3));
    await expect(inspectArrays(written('scalar.npy', scalar))).rejects.toThrow(
      'Cannot read scalar.npy: it must have an array with a row for each example, got scalars alone',
    );
    const { rows, columns } = await inspectArrays(written('a.npz', zipSync({ 's.npy': scalar, 'x.npy': x })));
    expect([rows, columns.map(({ note }) => note)]).toEqual([
      3,
      ['s is a scalar, without rows: leave it out of columns', null],
    ]);
  });
});

describe('readNpz', () => {
  test('gives each client its rows, with the types that are stored', async () => {
    const path = written('a.npz', zipSync({ 'x.npy': x, 'y.npy': y, 'who.npy': who }));
    const data = await readNpz(path, { client: 'who' });
    expect([...data.clientIds()]).toEqual(['1', '0']);
    expect(data.element).toEqual(struct({ x: float32(2), y: int32() }));
    expect(await numbers(data, 0, 'x')).toEqual([1, 2, 5, 6]);
    expect(await numbers(data, 1, 'y')).toEqual([-8]);
    const all = await readNpz(path, { columns: ['who'] });
    expect(all.element).toEqual(struct({ who: uint8() }));
    expect(await numbers(all, 0, 'who')).toEqual([1, 0, 1]);
  });

  test.each([
    ['no archive', Buffer.from('hello'), 'it must be a whole archive'],
    ['no array', zipSync({ 'x.npy': Buffer.from('hello there') }), "column 'x' must be an array of numpy"],
    [
      'half an array',
      zipSync({ 'x.npy': x.subarray(0, 140) }),
      "column 'x' must have 24 bytes of elements, got 12",
    ],
    [
      'Fortran order',
      zipSync({ 'x.npy': npy('<f4', '(1, 1)', Float32Array.of(1), 'True') }),
      'must be in C order',
    ],
    [
      'text',
      zipSync({ 'x.npy': npy('<U1', '(1,)', Float32Array.of(1)) }),
      'must be of float32, float64, int8 to int64',
    ],
    [
      'large integers',
      zipSync({ 'x.npy': npy('<i8', '(1,)', BigInt64Array.of(2n ** 40n)) }),
      'must be within int32',
    ],
    [
      'unequal arrays',
      zipSync({ 'x.npy': x, 'y.npy': npy('<f8', '(1,)', Float64Array.of(1)) }),
      "column 'y' must have 3 rows as the others have, got 1",
    ],
  ])('refuses a file with %s', async (_, content, message) => {
    await expect(readNpz(written('a.npz', content))).rejects.toMatchObject({
      code: 'bad-file',
      message: expect.stringContaining(message),
    });
  });
});
