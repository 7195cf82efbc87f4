// The command line as a process, on scripts outside of the repository: `run` loads them as `simulate` does federations,
// `check` type-checks what would be loaded.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { root } from './support/repository.js';
import { snippetNamed } from './support/snippets.js';
import { type Finished, startStarling } from './support/starling.js';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'starling-scripts-')));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Writes a file and runs a command in its folder. */
function starling(name: string, source: string, ...parameters: readonly string[]): Promise<Finished> {
  writeFileSync(join(folder, name), source);
  return startStarling(parameters, { directory: folder }).finished;
}

describe('starling run', () => {
  test('runs a script with the packages that are installed beside starling', async () => {
    const source = snippetNamed('docs/tutorial/01-averages.md', 'averages.ts');
    const { code, stdout, stderr } = await starling('averages.ts', source, 'run', 'averages.ts');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe('(<temperatures={float32}@CLIENTS> -> float32@SERVER)\n69.53333282470703\n');
  });

  test('gives the script all that follows its name, and exits with its code', async () => {
    const source = 'console.log(JSON.stringify(process.argv.slice(1)));\nprocess.exitCode = 3;\n';
    const given = ['--rounds', '5', '--', '--help'];
    const { code, stdout } = await starling('arguments.ts', source, 'run', './arguments.ts', ...given);
    expect({ code, stdout: JSON.parse(stdout) }).toEqual({
      code: 3,
      stdout: [join(folder, 'arguments.ts'), ...given],
    });
    const leaves = await starling('leaves.mjs', 'process.exit(7);\n', 'run', 'leaves.mjs');
    expect(leaves).toEqual({ code: 7, stdout: '', stderr: '' });
  });

  test('shows the line of what a script throws, also when nothing awaits it', async () => {
    const now = "const a: number = 1;\nthrow new Error('no' + a);\n";
    expect(await starling('now.ts', now, 'run', 'now.ts')).toMatchObject({
      code: 1,
      stderr: `Error: no1\n    at ${join(folder, 'now.ts')}:2:7\n`,
    });
    const later =
      "async function main(): Promise<void> {\n  throw new TypeError('late');\n}\nsetTimeout(main, 1);\n";
    expect(await starling('later.ts', later, 'run', 'later.ts')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^TypeError: late\n {4}at .*main .*\(.*later\.ts:2:9\)\n$/),
    });
  });

  test('shows signs that would steer a terminal as code, in what is thrown later, too', async () => {
    const source = "setTimeout(() => {\n  throw new Error('a\\u001b[31mb');\n}, 1);\n";
    const { code, stderr } = await starling('steers.ts', source, 'run', 'steers.ts');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^Error: a\\u001b\[31mb\n/);
  });

  test('leaves what is thrown later to a script that listens', async () => {
    const source = `process.on('uncaughtException', ({ message }) => {
      console.log('caught', message);
      process.exitCode = 4;
    });
    setTimeout(() => { throw new Error('late'); }, 1);\n`;
    const finished = await starling('listens.mjs', source, 'run', 'listens.mjs');
    expect(finished).toEqual({ code: 4, stdout: 'caught late\n', stderr: '' });
  });

  test('says so when a file defines a federation and does nothing', async () => {
    const hot = snippetNamed('README.md', 'hot.ts');
    const { code, stdout, stderr } = await starling('hot.ts', hot, 'run', 'hot.ts');
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: '',
      stderr: "hot.ts defines a federation and runs nothing; try 'starling simulate hot.ts'\n",
    });
  });
});

describe('starling check', () => {
  test('finds nothing wrong with what is right, wherever it lies', async () => {
    mkdirSync(join(folder, 'lib'), { recursive: true });
    writeFileSync(
      join(folder, 'lib', 'names.ts'),
      "export const entry: string = 'x';\nexport interface Row {}\n",
    );
    const source = [
      "import { readFileSync } from 'node:fs';",
      "import { engineNames } from '@starling/runtime/engines';",
      "import { z } from 'zod';",
      "import { entry, type Row } from './lib/names';",
      'export const all = [readFileSync, engineNames, z.int(), entry, {} as Row];',
    ].join('\n');
    const { code, stdout, stderr } = await starling('right.ts', source, 'check', 'right.ts');
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: 'no type errors in right.ts\n',
      stderr: '',
    });
    expect((await starling('right.ts', source, 'run', 'right.ts')).code).toBe(0);
  });

  test('names the place of each mistake, of the files and of what they import, and exits with 1', async () => {
    writeFileSync(join(folder, 'wrong-helper.ts'), "export const count: number = 'three';\n");
    const source = [
      "import { atServer, federatedComputation, federatedSum, float32 } from '@starling/federated-core';",
      "import { count } from './wrong-helper.js';",
      'export const sum = federatedComputation({ x: atServer(float32()) }, ({ x }) => federatedSum(x));',
      'export const wanted: string = count;',
    ].join('\n');
    const { code, stdout, stderr } = await starling('wrong.ts', source, 'check', 'wrong.ts');
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    const places = [...stdout.matchAll(/^(\S+): error TS\d+: /gm)].map((match) => match[1]);
    // `x` within federatedSum(x), and the two constants.
    expect(places.sort()).toEqual(['wrong-helper.ts:1:14', 'wrong.ts:3:93', 'wrong.ts:4:14']);
  });

  test('finds what the loader could not load: enums, and types that are imported as values', async () => {
    const source =
      "import { Population } from '@starling/population';\nexport enum A { x }\nexport let p: Population;\n";
    const { code, stdout } = await starling('loader.ts', source, 'check', 'loader.ts');
    expect(code).toBe(1);
    expect(stdout).toMatch(/^loader\.ts:1:10: .*type-only import/m);
    expect(stdout).toMatch(/^loader\.ts:2:13: .*not allowed when 'erasableSyntaxOnly'/m);
  });

  test('takes files of TypeScript alone', async () => {
    const { code, stderr } = await starling('plain.mjs', '', 'check', 'plain.mjs');
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: "Cannot check types: need a .ts or .mts file, got 'plain.mjs'\n",
    });
  });

  test('finds what an editor does under a tsconfig.json that extends the template', () => {
    const project = join(root, '.starling', 'template');
    mkdirSync(project, { recursive: true });
    writeFileSync(join(project, 'tsconfig.json'), '{ "extends": "@starling/cli/tsconfig.json" }');
    writeFileSync(join(project, 'enum.ts'), 'enum A { x }\nexport const a = A.x;\n');
    const compiler = join(root, 'node_modules/typescript/bin/tsc');
    const { stdout } = spawnSync(process.execPath, [compiler, '-p', project], { encoding: 'utf8' });
    rmSync(project, { recursive: true });
    expect(stdout).toMatch(/enum\.ts\(1,6\): error TS\d+: .*'erasableSyntaxOnly'.*\n$/);
  });
});
