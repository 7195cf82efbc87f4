import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { declarationsOf, installedPackage } from './installed-packages.js';

const folder = mkdtempSync(join(tmpdir(), 'starling-packages-'));
afterAll(() => rmSync(folder, { recursive: true }));

const installed = join(folder, 'node_modules', '@ann', 'sums');
mkdirSync(installed, { recursive: true });
writeFileSync(join(installed, 'package.json'), JSON.stringify({ version: '1.2.3' }));

describe('installedPackage', () => {
  test('is found from a folder below the one where it is installed', () => {
    expect(installedPackage('@ann/sums', join(folder, 'a', 'b'))).toEqual({
      folder: installed,
      manifest: { version: '1.2.3' },
    });
  });

  test('is null when it is installed nowhere above', () => {
    expect(installedPackage('@ann/means', folder)).toBeNull();
  });
});

describe('declarationsOf', () => {
  const of = (manifest: object) =>
    Object.fromEntries(declarationsOf('sums', { folder: '/p', manifest: manifest as never }));

  test('takes the types of each entry, by name', () => {
    expect(
      of({
        exports: {
          '.': { types: './dist/index.d.ts', default: './dist/index.js' },
          './deep/*': { import: { types: './dist/*.d.mts' }, require: './x.cjs' },
          './data.json': './data.json',
        },
      }),
    ).toEqual({ sums: '/p/dist/index.d.ts', 'sums/deep/*': '/p/dist/*.d.mts' });
  });

  test('takes the types of a package of one entry', () => {
    expect(of({ types: 'index.d.ts' })).toEqual({ sums: '/p/index.d.ts' });
    expect(of({ exports: { types: './index.d.ts' } })).toEqual({ sums: '/p/index.d.ts' });
    expect(of({})).toEqual({});
  });
});
