import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
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
    expect(readdirSync(path).filter((name) => !name.startsWith('.'))).toEqual(['1', '2', 'CURRENT']);
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

  test('takes pushes of several processes one after the other', async () => {
    const path = join(root, 'shared');
    const program = join(root, 'push.mjs');
    const url = new URL('../../dist/components/destination.js', import.meta.url);
    // Ten models each, over one name for the version that is written aside: without a lock they meet.
    writeFileSync(
      program,
      `import { directory } from ${JSON.stringify(url.href)};
const to = directory(process.argv[2]);
for (let at = 0; at < 10; at++) {
  const model = process.argv[3] + at;
  const rest = { pipeline: 'p', blessing: 'b', infra: 'i', span: '1', constraints: [] };
  to.push({ 'model.onnx': new TextEncoder().encode(model) }, { model, ...rest });
}
`,
    );
    const push = promisify(execFile);
    await Promise.all(['a', 'b', 'c'].map((name) => push(process.execPath, [program, path, name])));
    const models = Array.from({ length: 30 }, (_, at) =>
      readFileSync(join(path, String(at + 1), 'model.onnx'), 'utf8'),
    );
    expect(new Set(models).size).toBe(30);
    expect(currentVersion(path)).toBe(30);
  }, 120_000);
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
