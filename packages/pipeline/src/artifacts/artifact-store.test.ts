import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { textOf } from './artifact.js';
import { artifactStore } from './artifact-store.js';

const root = mkdtempSync(join(tmpdir(), 'artifacts-'));
afterAll(() => rmSync(root, { recursive: true }));

describe('artifactStore', () => {
  test('names what is made by what it holds, and gives it back', () => {
    const store = artifactStore(join(root, 'names'));
    const made = { files: { 'a.txt': 'one' }, properties: { span: '1' }, summary: 'one file' };
    const first = store.write('Schema', made);
    expect(store.write('Schema', { ...made }).id).toBe(first.id);
    expect(store.write('Schema', { ...made, files: { 'a.txt': 'two' } }).id).not.toBe(first.id);
    expect(store.write('Examples', made).id).not.toBe(first.id);
    expect(store.write('Schema', { ...made, refused: ['no'] }).id).not.toBe(first.id);
    const found = store.read(first.id)!;
    expect(textOf(found, 'a.txt')).toBe('one');
    expect(found.properties).toEqual({ span: '1' });
    expect(readdirSync(join(root, 'names'))).toHaveLength(4);
  });

  test('takes nothing for whole that is damaged, missing or only begun, and writes it again', () => {
    const store = artifactStore(join(root, 'damage'));
    const made = { files: { 'a.txt': 'one', 'b.txt': 'two' }, summary: 'two files' };
    const { id } = store.write('Schema', made);
    writeFileSync(join(store.pathOf(id), 'a.txt'), 'ons');
    expect(store.read(id)).toBeNull();
    expect(textOf(store.write('Schema', made), 'a.txt')).toBe('one');
    rmSync(join(store.pathOf(id), 'b.txt'));
    expect(store.read(id)).toBeNull();
    expect(store.read('0'.repeat(64))).toBeNull();
    expect(textOf(store.write('Schema', made), 'b.txt')).toBe('two');
  });
});
