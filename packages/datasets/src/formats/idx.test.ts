import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readIdx } from './idx.js';

const folder = mkdtempSync(join(tmpdir(), 'starling-idx-'));
afterAll(() => rmSync(folder, { recursive: true }));

const fileOf = (name: string, bytes: readonly number[]): string => {
  const path = join(folder, name);
  writeFileSync(path, Uint8Array.from(bytes));
  return path;
};

describe('readIdx', () => {
  test('reads the shape and the bytes of a matrix', () => {
    // 0 0, type 8 (unsigned byte), rank 2, sizes 2 and 3 in big-endian order, six elements.
    const path = fileOf('matrix', [0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 10, 11, 12, 13, 14, 255]);
    const { dtype, shape, data } = readIdx(path);
    expect(dtype).toBe('uint8');
    expect(shape).toEqual([2, 3]);
    expect([...data]).toEqual([10, 11, 12, 13, 14, 255]);
  });

  test('throws when the element type is not unsigned byte', () => {
    const path = fileOf('floats', [0, 0, 13, 1, 0, 0, 0, 1, 0, 0, 0, 0]);
    expect(() => readIdx(path)).toThrow('starts with 0, 0, 8, got 0,0,13');
  });

  test('throws when elements are missing', () => {
    const path = fileOf('short', [0, 0, 8, 1, 0, 0, 0, 3, 1, 2]);
    expect(() => readIdx(path)).toThrow('shape [3] needs 3 bytes, got 2');
  });

  test('throws when the header is cut off', () => {
    expect(() => readIdx(fileOf('header', [0, 0, 8, 2, 0]))).toThrow('Cannot read');
  });
});
