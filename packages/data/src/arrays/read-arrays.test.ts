// IDX files are put together here by its definition; arrays of numpy are what numpy 2 wrote.
import { gzipSync } from 'node:zlib';
import { float32, int32, struct, uint8 } from '@starling/federated-core';
import { populationContract } from '@starling/population/contract';
import { describe, expect, test } from 'vitest';
import { numbers, written } from '../testing/written-file.js';
import { readArrays } from './read-arrays.js';

/** Two zeros, the type, the rank, the sizes in big-endian order, the elements. */
const idx = (type: number, shape: readonly number[], elements: readonly number[]): Uint8Array =>
  Uint8Array.from([0, 0, type, shape.length, ...shape.flatMap((size) => [0, 0, 0, size]), ...elements]);

/** numpy.save of numpy.array([[1.5, -2], [3, 4]], '>f4'), and of numpy.array([7, 7, 9], 'int16'). */
const BIG_ENDIAN =
  'k05VTVBZAQB2AHsnZGVzY3InOiAnPmY0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsIDIpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAo/wAAAwAAAAEBAAABAgAAA';
const SHORTS =
  'k05VTVBZAQB2AHsnZGVzY3InOiAnPGkyJywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDMsKSwgfSAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoHAAcACQA=';
const bytesOf = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, 'base64'));

const images = idx(0x08, [3, 1, 2], [10, 11, 12, 13, 14, 255]);
const labels = idx(0x08, [3], [5, 0, 4]);

describe('readArrays', () => {
  test('reads IDX files, packed or not, by the owners that another file names', async () => {
    const data = await readArrays(
      {
        x: written('images-idx3-ubyte', images),
        y: written('labels.gz', gzipSync(labels)),
        who: written('who.npy', bytesOf(SHORTS)),
      },
      { client: 'who', name: 'digits' },
    );
    expect(data.name).toBe('digits');
    expect([...data.clientIds()]).toEqual(['7', '9']);
    expect(data.element).toEqual(struct({ x: uint8(1, 2), y: uint8() }));
    expect(await numbers(data, 0, 'x')).toEqual([10, 11, 12, 13]);
    expect(await numbers(data, 1, 'x')).toEqual([14, 255]);
    expect(await numbers(data, 0, 'y')).toEqual([5, 0]);
  });

  test('reads numbers of either order of bytes, and every type of IDX', async () => {
    const two = await readArrays({ x: written('x.npy', bytesOf(BIG_ENDIAN)) });
    expect(two.element).toEqual(struct({ x: float32(2) }));
    expect(await numbers(two, 0, 'x')).toEqual([1.5, -2, 3, 4]);
    const wide = await readArrays({
      i8: written('i8', idx(0x09, [2], [0xff, 1])),
      i16: written('i16', idx(0x0b, [2], [0xff, 0xfe, 1, 0])),
      i32: written('i32', idx(0x0c, [2], [0xff, 0xff, 0xff, 0xfd, 0, 1, 0, 0])),
      // 1.5 is 0x3fc00000, and 0x3ff8000000000000.
      f32: written('f32', idx(0x0d, [2], [0x3f, 0xc0, 0, 0, 0, 0, 0, 0])),
      f64: written('f64', idx(0x0e, [2], [0x3f, 0xf8, ...Array(14).fill(0)])),
    });
    expect(wide.element.elements).toMatchObject({ i8: int32(), f32: float32(), f64: { dtype: 'float64' } });
    expect(await numbers(wide, 0, 'i8')).toEqual([-1, 1]);
    expect(await numbers(wide, 0, 'i16')).toEqual([-2, 256]);
    expect(await numbers(wide, 0, 'i32')).toEqual([-3, 65_536]);
    expect(await numbers(wide, 0, 'f32')).toEqual([1.5, 0]);
    expect(await numbers(wide, 0, 'f64')).toEqual([1.5, 0]);
  });

  test.each([
    [
      'other bytes',
      Uint8Array.of(80, 75, 3, 4),
      'must be an array of numpy (.npy) or IDX, got y, which begins with 80, 75, 3, 4. Write it with numpy.save; an archive of arrays (.npz) is for readNpz.',
    ],
    [
      'half a header',
      Uint8Array.of(0, 0, 8, 2, 0),
      'must have a header of 12 bytes, for 2 axes, got 5. Check that it is whole.',
    ],
    [
      'elements that are missing',
      idx(0x0c, [3], [1, 2]),
      'must have 12 bytes of elements, got 2. Check that it is whole.',
    ],
    [
      'half a file of gzip',
      gzipSync(labels).subarray(0, 20),
      'must be a whole file of gzip, got unexpected end of file',
    ],
    ['fewer rows', idx(0x08, [2], [1, 2]), 'must have 3 rows as the others have, got 2.'],
    ['a scalar', idx(0x08, [], [1]), 'must have 3 rows as the others have, got a scalar.'],
  ])('refuses a file with %s, by its name and column', async (_, content, words) => {
    const path = written('y', content);
    await expect(readArrays({ x: written('x', images), y: path })).rejects.toMatchObject({
      code: 'bad-file',
      path,
      column: 'y',
      message: expect.stringContaining(`Cannot read y: column 'y' ${words}`),
    });
  });

  test('refuses a client that is no whole number, or a list of them', async () => {
    // Float32 in IDX: 1.5 is 0x3fc00000, NaN 0x7fc00000.
    const odd = [idx(0x0d, [3], [0, 0, 0, 0, 0x7f, 0xc0, 0, 0, 0, 0, 0, 0]), 'row 2', 'NaN'] as const;
    const half = [idx(0x0d, [3], [0x3f, 0xc0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]), 'row 1', '1.5'] as const;
    for (const [content, row, got] of [odd, half]) {
      const who = written('who', content);
      await expect(readArrays({ x: written('x', images), who }, { client: 'who' })).rejects.toThrow(
        `Cannot read who: ${row}, column 'who' must be a whole number that names the client, got ${got}`,
      );
    }
    const who = written('who', idx(0x08, [3, 2], [1, 2, 3, 4, 5, 6]));
    await expect(readArrays({ x: written('x', images), who }, { client: 'who' })).rejects.toThrow(
      "column 'who' must be a whole number that names the client, got rows of shape [2]",
    );
  });

  test('refuses a file that is not there, and a client that no file is for', async () => {
    await expect(readArrays({ x: 'nowhere.npy' })).rejects.toThrow(
      'Cannot read nowhere.npy: it must be there, got no such file. Looked at nowhere.npy.',
    );
    await expect(readArrays({ x: written('x', images) }, { client: 'who' })).rejects.toThrow(
      "must have a column 'who', which client names, got x",
    );
    expect(() => readArrays({ x: 1 } as never)).toThrow('files.x must be text, got 1');
  });
});

const known = await readArrays({ x: written('x', images), who: written('y', labels) }, { client: 'who' });
populationContract('readArrays', () => known);
