// Runs the TypeScript compiler over the `*.test-d.ts` files: a line marked to be an error must be one, and
// no other may be. Without Node's types, so that a use of Node in this package would be an error too.
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const pathOf = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));
const project = pathOf('../tsconfig.type-tests.json');

async function compile(config: string): Promise<string> {
  const compiler = pathOf('../../../node_modules/.bin/tsc');
  const { stdout } = await promisify(execFile)(compiler, ['-p', config, '--pretty', 'false']).catch(
    (error: unknown) => error as { readonly stdout: string },
  );
  return stdout;
}

test('`*.test-d.ts` files type-check when Node is unknown', async () => {
  expect(await compile(project)).toBe('');
});

test('`red-lines.test-d.ts` has each mistake underlined, with a sentence in the first line', async () => {
  const source = readFileSync(pathOf('./red-lines.test-d.ts'), 'utf8');
  const lines = source.split('\n');
  const folder = mkdtempSync(join(tmpdir(), 'starling-red-lines-'));
  const bare = source.replaceAll('@ts-expect-error', '').replace("'./index.js'", `'${pathOf('./index.js')}'`);
  writeFileSync(join(folder, 'red-lines.mts'), bare);
  const config = {
    extends: project,
    compilerOptions: { rootDir: '/' },
    files: ['red-lines.mts'],
    include: [],
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
  const errors = [...(await compile(folder)).matchAll(/^\S*red-lines\.mts\((\d+),(\d+)\): (.*)$/gm)];
  rmSync(folder, { recursive: true });

  // Lines are numbered from 1, so that `lines[n]` is the one below line n.
  const wanted = lines.flatMap((line, index) => {
    const [, word, words] = /\/\/ @ts-expect-error ([^:]+): (.*)$/.exec(line) ?? [];
    return word === undefined ? [] : [{ line: index + 2, word, words: words as string }];
  });
  expect(wanted.length).toBeGreaterThan(5);
  expect(errors.map((match) => Number(match[1]))).toEqual(wanted.map(({ line }) => line));
  for (const [index, { line, word, words }] of wanted.entries()) {
    const [, , column, message] = errors[index]!;
    expect(lines[line - 1]!.slice(Number(column) - 1, Number(column) - 1 + word.length)).toBe(word);
    expect(message).toContain(words);
  }
});
