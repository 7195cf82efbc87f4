// The command line as a process: a mistake in a user's file is answered with a sentence, the file and the line.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { startStarling } from './support/starling.js';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'starling-lines-')));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What `starling inspect` says of a file with these lines; the file's path is written `FILE`. */
async function complaint(
  name: string,
  lines: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<string> {
  const file = join(folder, name);
  writeFileSync(file, `${lines.join('\n')}\n`);
  const { code, stdout, stderr } = await startStarling(['inspect', file], { environment }).finished;
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  return stderr.replaceAll(file, 'FILE');
}

// The mistake is on the fourth line, at the column of `matMul`, within a call of tf.js.
const traced = [
  "import { localComputation, tf } from '@starling/compute';",
  "import { float32 } from '@starling/federated-core';",
  'export default localComputation({ x: float32(3) }, ({ x }) =>',
  '  x.mul(2).matMul(tf.ones([2, 2])),',
  ');',
];

describe('starling, of a mistake in a file', () => {
  test('names the line of the body that is being captured, and not that of tf.js', async () => {
    expect(await complaint('traced.ts', traced)).toMatch(
      /^Cannot capture the kernel BatchMatMul: .*\[3\] and \[2, 2\]\n {4}at FILE:4:12\n$/,
    );
  });

  test('names it under source maps, too, where those of tf.js lead nowhere', async () => {
    const mapped = await complaint('traced.ts', traced, { NODE_OPTIONS: '--enable-source-maps' });
    expect(mapped).toMatch(/\n {4}at FILE:4:12\n$/);
  });

  test('names the line that made tf.js throw', async () => {
    const thrown = [...traced.slice(0, 3), '  tf.conv2d(x as never, tf.ones([1, 1, 1, 1]), 1, 1),', ');'];
    expect(await complaint('thrown.ts', thrown)).toMatch(
      /^Cannot capture local: .*got Error: Error in conv2d: .*rank.*\n {4}at FILE:4:6\n {4}at FILE:3:16\n$/,
    );
  });

  test('names the line of a federated computation', async () => {
    const placed = [
      "import { atServer, federatedComputation, federatedSum, float32 } from '@starling/federated-core';",
      'export default federatedComputation({ x: atServer(float32()) }, ({ x }) =>',
      '  federatedSum(x as never),',
      ');',
    ];
    expect(await complaint('placed.ts', placed)).toMatch(
      /^Cannot apply federatedSum: its argument must be .*, got float32@SERVER\n {4}at FILE:3:3\n$/,
    );
  });

  test('shows the stack of an exception of the user’s own', async () => {
    const own = [
      'class Table {',
      '  read(): never {',
      "    throw new RangeError('no such row');",
      '  }',
      '}',
      'export default new Table().read();',
    ];
    expect(await complaint('own.ts', own)).toBe(
      'RangeError: no such row\n    at Table.read (FILE:3:11)\n    at FILE:6:28\n',
    );
  });

  test('names the file that imports a package which is missing, or what a package does not have', async () => {
    expect(
      await complaint('package.ts', ['', "import x from 'no-such-package/deep';", 'export default x;']),
    ).toBe(
      "Cannot load FILE: need the package 'no-such-package', which it imports, got none: run 'npm install no-such-package'\n    at FILE:2:15\n",
    );
    expect(await complaint('name.ts', ["import { nothing } from '@starling/compute';", 'nothing();'])).toBe(
      "Cannot load FILE: need what '@starling/compute' exports, got 'nothing'. If it is a type, write import type { nothing }\n    at FILE:1:10\n",
    );
  });

  test('names the file that imports a file which is missing', async () => {
    mkdirSync(join(folder, 'lib'), { recursive: true });
    writeFileSync(join(folder, 'lib', 'helper.ts'), "export { x } from './absent.js';\n");
    const helper = join(folder, 'lib', 'helper.ts');
    expect(await complaint('file.ts', ["export { x as default } from './lib/helper';"])).toBe(
      `Cannot load ${helper}: need the file './absent.js', which it imports, got none\n    at ${helper}:1:19\n`,
    );
  });

  test('names the line that is no TypeScript, or more than types', async () => {
    expect(await complaint('enum.ts', ['', '  enum A { x }', 'export default A;'])).toBe(
      'Cannot read the file: it must be TypeScript that only adds types to JavaScript, got TypeScript enum\n    at FILE:2:3\n',
    );
    expect(await complaint('syntax.mjs', ['export default ;'])).toBe(
      'Cannot read the file: it must be valid JavaScript, got a mistake: Expression expected\n    at FILE:1:16\n',
    );
  });

  test('shows all that Node knows with STARLING_DEBUG', async () => {
    const all = await complaint('traced.ts', traced, { STARLING_DEBUG: '1' });
    expect(all).toContain("code: 'bad-kernel-call'");
    expect(all).toContain('[cause]: RangeError');
  });
});
