import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { currentVersion, directory, type Provenance, rollBack } from './destination.js';

const root = mkdtempSync(join(tmpdir(), 'serving-'));
afterAll(() => rmSync(root, { recursive: true }));

const provenance = (model: string): Provenance => ({
  pipeline: 'p',
  model,
  blessing: 'b',
  infra: 'i',
  span: '1',
  constraints: [],
});
const files = (text: string) => ({ 'model.onnx': new TextEncoder().encode(text) });

describe('directory', () => {
  test('counts versions, points to the last one, and pushes one model once', () => {
    const path = join(root, 'counted');
    const to = directory(path);
    expect(currentVersion(path)).toBeNull();
    expect(to.push(files('one'), provenance('one'))).toBe(1);
    expect(to.push(files('two'), provenance('two'))).toBe(2);
    expect(readFileSync(join(path, 'CURRENT'), 'utf8')).toBe('2\n');
    expect(to.push(files('one'), provenance('one'))).toBe(1);
    expect(currentVersion(path)).toBe(1);
    expect(readdirSync(path).sort()).toEqual(['1', '2', 'CURRENT']);
    expect(JSON.parse(readFileSync(join(path, '2', 'provenance.json'), 'utf8'))).toEqual(provenance('two'));
    expect([to.has(2, files('two')), to.has(2, files('one')), to.has(3, files('two'))]).toEqual([
      true,
      false,
      false,
    ]);
  });

  test('pushes again what is damaged, as a new version, and what is not served', () => {
    const path = join(root, 'damaged');
    const to = directory(path);
    expect(to.push(files('one'), provenance('one'))).toBe(1);
    writeFileSync(join(path, '1', 'model.onnx'), 'onf');
    expect(to.has(1, files('one'))).toBe(false);
    expect(to.push(files('one'), provenance('one'))).toBe(2);
    expect(to.has(2, files('one'))).toBe(true);
    rmSync(join(path, 'CURRENT'));
    expect(to.has(2, files('one'))).toBe(false);
    expect(to.push(files('one'), provenance('one'))).toBe(2);
    writeFileSync(join(path, 'CURRENT'), '7\n');
    expect(to.has(2, files('one'))).toBe(false);
  });
});

describe('rollBack', () => {
  test('serves the version before again, and says if there is none', () => {
    const path = join(root, 'back');
    expect(() => rollBack(path)).toThrow('got no version');
    const to = directory(path);
    to.push(files('one'), provenance('one'));
    expect(() => rollBack(path)).toThrow('got version 1 alone');
    to.push(files('two'), provenance('two'));
    expect(rollBack(path)).toEqual({ from: 2, to: 1 });
    expect(currentVersion(path)).toBe(1);
  });
});
