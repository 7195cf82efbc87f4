// PNG files are put together here by its definition (RFC 2083): chunks of a length, a name, data and a checksum.
import { dirname, join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { Transformer } from '@napi-rs/image';
import { int32, struct, uint8 } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { numbers, written } from '../testing/written-file.js';
import { readImages } from './read-images.js';

/** CRC-32 of RFC 2083, section 15, bit by bit. */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}

function chunk(name: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(name), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}

/** Rows of bytes, of colour type 0 (grey), 2 (red, green, blue) or 6 (with opacity). */
function png(width: number, rows: readonly (readonly number[])[], colourType = 0, depth = 8): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(rows.length, 4);
  header.set([depth, colourType], 8);
  const lines = Uint8Array.from(rows.flatMap((row) => [0, ...row])); // filter 0: bytes as they are
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(lines)),
    chunk('IEND', Buffer.of()),
  ]);
}

const grey = (first: number): Uint8Array =>
  png(2, [
    [first, first + 1],
    [first + 2, first + 3],
  ]);

/** Writes files by their paths below a folder, whose path it gives. */
function folderOf(files: Readonly<Record<string, string | Uint8Array>>): string {
  const [path = ''] = Object.entries(files).map(([name, content]) => written(join('images', name), content));
  const [first = ''] = Object.keys(files);
  return first.split('/').reduce((at) => dirname(at), path);
}

describe('readImages', () => {
  test('gives each client its images with their labels, in the order of names', async () => {
    const folder = folderOf({
      'ann/cat/b.png': grey(20),
      'ann/cat/a.png': grey(10),
      'ann/dog/a.png': grey(30),
      'bo/dog/a.png': grey(40),
    });
    const data = await readImages(folder, { folders: ['client', 'label'] });
    expect([...data.clientIds()]).toEqual(['ann', 'bo']);
    expect([data.exampleCount(0), data.exampleCount(1)]).toEqual([3, 1]);
    expect(data.element).toEqual(struct({ x: uint8(2, 2, 1), y: int32() }));
    expect(await numbers(data, 0, 'x')).toEqual([10, 11, 12, 13, 20, 21, 22, 23, 30, 31, 32, 33]);
    expect(await numbers(data, 0, 'y')).toEqual([0, 0, 1]);
    expect(await numbers(data, 1, 'y')).toEqual([1]);
    const turned = await readImages(folder, { folders: ['label', 'client'] });
    expect([...turned.clientIds()]).toEqual(['cat', 'dog']);
    const all = await readImages(join(folder, 'ann'));
    expect([all.size, all.exampleCount(0)]).toEqual([1, 3]);
    const one = await readImages(join(folder, 'ann'), { folders: ['client'] });
    expect(one.element).toEqual(struct({ x: uint8(2, 2, 1) }));
  });

  test('makes colours grey, and grey colours, and leaves opacity out', async () => {
    const folder = folderOf({
      'a/colours.png': png(2, [[255, 0, 0, 0, 255, 0]], 2),
      'a/grey.png': png(2, [[7, 9]]),
      'a/opaque.png': png(2, [[1, 2, 3, 255, 4, 5, 6, 255]], 6),
    });
    const inColour = await readImages(folder, { channels: 3 });
    expect(inColour.element).toEqual(struct({ x: uint8(1, 2, 3), y: int32() }));
    expect(await numbers(inColour, 0, 'x')).toEqual([
      255, 0, 0, 0, 255, 0, 7, 7, 7, 9, 9, 9, 1, 2, 3, 4, 5, 6,
    ]);
    // 0.299 · 255 = 76.2; 0.587 · 255 = 149.7; 0.299 + 2 · 0.587 + 3 · 0.114 = 1.8; 4.8 in the same way.
    const inGrey = await readImages(folder, { channels: 1 });
    expect(await numbers(inGrey, 0, 'x')).toEqual([76, 150, 7, 9, 2, 5]);
  });

  test.each([
    [
      'colours after grey',
      [png(2, [[7, 9]]), png(2, [[1, 2, 3, 4, 5, 6]], 2)],
      'grey',
      'red, green and blue',
      2,
    ],
    [
      'grey after colours',
      [png(2, [[1, 2, 3, 4, 5, 6]], 2), png(2, [[7, 9]])],
      'red, green and blue',
      'grey',
      2,
    ],
    [
      'opacity after colours',
      [png(1, [[1, 2, 3]], 2), png(1, [[1, 2, 3, 0]], 6)],
      'red, green and blue',
      'red, green and blue with opacity',
      1,
    ],
  ] as const)(
    'refuses %s unless channels says what all become',
    async (_, [first, second], need, got, width) => {
      const folder = folderOf({ 'a/1.png': first, 'a/2.png': second });
      const data = await readImages(folder);
      await expect(async () => data.rows(0)).rejects.toMatchObject({
        code: 'bad-file',
        path: join(folder, 'a', '2.png'),
        message: expect.stringContaining(
          `must be ${need}, as the first image, ${join('a', '1.png')}, is, got ${got}. Say channels: 3`,
        ),
      });
      expect(await numbers(await readImages(folder, { channels: 3 }), 0, 'x')).toHaveLength(2 * width * 3);
    },
  );

  test('reads JPEG, and stretches images to one size', async () => {
    // A surface of one grey is one number to JPEG: it stays within a step of rounding, and however it is stretched.
    const flat = Uint8Array.from({ length: 16 * 16 * 4 }, (_, at) => (at % 4 === 3 ? 255 : 100));
    const folder = folderOf({
      'a/a.jpg': Transformer.fromRgbaPixels(flat, 16, 16).jpegSync(90),
      'a/b.png': grey(100),
    });
    const data = await readImages(folder, { size: [4, 3], channels: 1 });
    expect(data.element).toEqual(struct({ x: uint8(4, 3, 1), y: int32() }));
    const x = await numbers(data, 0, 'x');
    for (const value of x.slice(0, 12)) expect(Math.abs(value - 100)).toBeLessThanOrEqual(1);
    // Of 100 to 103, what lies between them lies between these.
    for (const value of x.slice(12)) expect(value >= 100 && value <= 103).toBe(true);
  });

  test.each([
    ['no images', { 'a/notes.txt': 'x' }, 'must have images, files whose names end in .png'],
    [
      'no folders',
      { 'a.png': grey(1) },
      'must have a folder for each label, got a.png. Name in folders what each level',
    ],
  ])('refuses a folder of %s', async (_, files, words) => {
    await expect(readImages(folderOf(files))).rejects.toMatchObject({
      code: 'bad-file',
      message: expect.stringContaining(words),
    });
  });

  test.each([
    ['half an image', grey(1).subarray(0, 45), 'must be a whole image, got'],
    ['something else', 'hello', 'must be a whole image, got'],
    [
      'another size',
      png(1, [[1]]),
      'must have 2 × 2 pixels, as the first image has, got 1 × 1. Say size: [2, 2]',
    ],
    [
      '16 bits',
      png(
        2,
        [
          [0, 1, 0, 2],
          [0, 3, 0, 4],
        ],
        0,
        16,
      ),
      'must have 8 bits a channel, got more. Convert it',
    ],
  ])('refuses a client whose image is %s, by its file', async (_, content, words) => {
    const folder = folderOf({ 'a/1.png': grey(1), 'a/2.png': content });
    const data = await readImages(folder);
    await expect(async () => data.rows(0)).rejects.toMatchObject({
      code: 'bad-file',
      path: join(folder, 'a', '2.png'),
      message: expect.stringContaining(`Cannot read ${join('a', '2.png')}: it ${words}`),
    });
  });

  test('refuses a folder that is not there, and levels that are none', async () => {
    await expect(readImages('nowhere')).rejects.toThrow('Cannot read nowhere: it must be a folder, got none');
    const folder = folderOf({ 'a/1.png': grey(1) });
    await expect(readImages(folder, { folders: ['label', 'label'] })).rejects.toThrow(
      "folders must be a list of 'label' and 'client', each once at most",
    );
    await expect(readImages(folder, { size: [0, 1] })).rejects.toThrow(
      'size must be height and width in pixels',
    );
  });
});
