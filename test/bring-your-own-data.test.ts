// The page "Bring your own data", done as it says: the file is made, looked at and trained on.
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readText } from './support/repository.js';
import { snippetNamed } from './support/snippets.js';
import { startStarling } from './support/starling.js';

const PAGE = 'docs/bring-your-own-data.md';
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'starling-own-data-')));
const starling = (...parameters: readonly string[]) =>
  startStarling(parameters, { directory: folder }).finished;

beforeAll(async () => {
  for (const name of ['make-hearts.ts', 'hearts.ts'])
    writeFileSync(join(folder, name), snippetNamed(PAGE, name));
  expect(await starling('run', 'make-hearts.ts')).toMatchObject({ code: 0, stdout: '760 patients\n' });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the page on bringing data', () => {
  test('shows what `starling data inspect` prints, at most 80 columns wide', async () => {
    const { code, stdout } = await starling('data', 'inspect', 'hearts.csv', '--client', 'hospital');
    expect(code).toBe(0);
    const indented = stdout.trimEnd().replace(/^(?=.)/gm, '    ');
    expect(readText(PAGE)).toContain(indented);
    expect(Math.max(...stdout.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(80);
  });

  test('says truly that `--json` prints the same as one object', async () => {
    const { stdout } = await starling('data', 'inspect', 'hearts.csv', '--client', 'hospital', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      rows: 760,
      clients: { column: 'hospital', count: 4, rows: { min: 60, median: 200, max: 300 } },
    });
  });

  test('trains to an accuracy of about 0.8', async () => {
    const { code, stdout } = await starling('simulate', 'hearts.ts', '--json');
    expect(code).toBe(0);
    const accuracies = [...stdout.matchAll(/"evaluation":\{[^}]*"accuracy":([\d.]+)/g)].map((match) =>
      Number(match[1]),
    );
    expect(accuracies.length).toBeGreaterThan(0);
    expect(accuracies.at(-1)).toBeGreaterThan(0.75);
  });

  test('shows the error of a mark that nobody named', async () => {
    const source = snippetNamed(PAGE, 'hearts.ts').replace(/missing: .*/, '');
    writeFileSync(join(folder, 'hearts.ts'), source);
    const { code, stderr } = await starling('simulate', 'hearts.ts');
    expect(code).toBe(1);
    const words = (text: string): string => text.replace(/\s+/g, ' ');
    expect(words(readText(PAGE))).toContain(words(stderr.split('\n')[0] as string));
  });
});
