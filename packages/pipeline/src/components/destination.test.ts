import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
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
    expect([to.has(2), to.has(3)]).toEqual([true, false]);
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
