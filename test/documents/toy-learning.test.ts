// The toy algorithm in the docstring of `learningProcess`, run as it stands there, prints what its lines say.
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readText } from '../support/repository.js';
import { startStarling } from '../support/starling.js';

/** The lines of a docstring that are indented as code, from the one that opens with `// start: `. */
function codeOf(text: string, start: string): string {
  const lines = text.split('\n').map((line) => /^ \*(?: {5}(.*))?$/.exec(line));
  const from = lines.findIndex((match) => match?.[1]?.startsWith(`// ${start}: `));
  const to = lines.findIndex((match, index) => index > from && match === null);
  return lines
    .slice(from, to)
    .map((match) => match?.[1] ?? '')
    .join('\n');
}

test('the toy of `learningProcess` prints what its lines marked → say', async () => {
  const code = codeOf(readText('packages/learning/src/compose/learning-process.ts'), 'A toy');
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'starling-toy-')));
  writeFileSync(join(folder, 'toy-learning.ts'), code);
  const checked = await startStarling(['check', 'toy-learning.ts'], { directory: folder }).finished;
  expect(checked).toMatchObject({ code: 0, stderr: '' });
  const { stdout, ...ended } = await startStarling(['run', 'toy-learning.ts'], { directory: folder })
    .finished;
  expect(ended).toEqual({ code: 0, stderr: '' });
  const promised = [...code.matchAll(/\/\/ → (.*)$/gm)].map((match) => match[1]);
  expect(promised).toHaveLength(3);
  expect(stdout.trimEnd().split('\n')).toEqual(promised);
  rmSync(folder, { recursive: true });
});
