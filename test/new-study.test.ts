// `starling new`: the folder that it writes is built and run outside this repository, against Starling's packages as
// npm would install them.
import { execFile, execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rooms, root } from './support/repository.js';
import { doneOf, recordOf, runStarling } from './support/starling.js';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'starling-new-')));
afterAll(() => rmSync(folder, { recursive: true }));
const study = join(folder, 'hospital-study');

/** Packing eighteen packages and running nine processes takes about half a minute on two idle cores. */
const LIMIT_MS = 240_000;

/** Installs the packed packages, and links what they depend on from where npm has installed it here. */
function install(): void {
  const packages = rooms().filter(({ folder: at }) => at.startsWith('packages/'));
  const packed = join(folder, 'packed');
  mkdirSync(packed);
  const workspaces = packages.flatMap(({ name }) => ['--workspace', name]);
  execFileSync('npm', ['pack', '--silent', '--pack-destination', packed, ...workspaces], { cwd: root });
  const modules = join(study, 'node_modules');
  mkdirSync(join(modules, '@starling'), { recursive: true });
  mkdirSync(join(modules, '.bin'));
  for (const { name, folder: at } of packages) {
    const archive = readdirSync(packed).find((file) =>
      file.startsWith(`${name.slice(1).replace('/', '-')}-0`),
    );
    mkdirSync(join(modules, name));
    execFileSync('tar', ['-xzf', join(packed, archive!), '-C', join(modules, name), '--strip-components=1']);
    const own = join(root, at, 'node_modules');
    if (existsSync(own)) symlinkSync(own, join(modules, name, 'node_modules'));
  }
  for (const other of readdirSync(join(root, 'node_modules'))) {
    if (other === '@starling' || other.startsWith('.')) continue;
    symlinkSync(join(root, 'node_modules', other), join(modules, other));
  }
  symlinkSync('../@starling/cli/bin/starling.js', join(modules, '.bin', 'starling'));
}

/** What `npm run …` prints in the folder; rejects unless its exit code is 0. */
function npmRun(...parameters: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile('npm', ['run', '--silent', ...parameters], { cwd: study }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`${error.message}\n${stdout}\n${stderr}`));
    });
  });
}

const textOf = (file: string): string => readFileSync(join(study, file), 'utf8');

describe('starling new', () => {
  beforeAll(async () => {
    const { code, stdout } = await runStarling('new', study);
    expect(code).toBe(0);
    expect(stdout).toContain(`cd ${study}\n  npm install\n  npm run simulate\n`);
    install();
  }, LIMIT_MS);

  test('names the study, and all that its files import', () => {
    expect(textOf('federation.ts')).toContain("name: 'hospital-study'");
    expect(textOf('README.md')).toMatch(/^# hospital-study\n/);
    const { name, scripts, dependencies } = JSON.parse(textOf('package.json'));
    expect(name).toBe('hospital-study');
    for (const script of Object.keys(scripts)) expect(textOf('README.md')).toContain(`npm run ${script}`);
    const imported = ['federation.ts', 'study.ts'].flatMap((file) =>
      [...textOf(file).matchAll(/from '((?:@[\w-]+\/)?[\w-]+)(?:\/[\w/-]+)?'/g)].map(([, from]) => from!),
    );
    expect(new Set(imported)).toEqual(new Set(Object.keys(dependencies)));
  });

  test('runs where only packed packages are, and learns who is ill', { timeout: LIMIT_MS }, async () => {
    const [, ...patients] = textOf('patients.csv').trimEnd().split('\n');
    const sick = patients.filter((line) => line.endsWith(',1')).length / patients.length;
    const record = await npmRun('simulate', '--', '--json', '--rounds', '15');
    expect(doneOf(record).rounds).toBe(15);
    const accuracies = recordOf(record).flatMap((line) =>
      line.type === 'round' ? [(line.evaluation as { readonly accuracy: number }).accuracy] : [],
    );
    // Better than the same answer for everybody.
    expect(accuracies.at(-1)).toBeGreaterThan(Math.max(sick, 1 - sick) + 0.05);
  });

  test('type-checks, and runs its study to a report', { timeout: LIMIT_MS }, async () => {
    expect(await npmRun('check')).toBe('no type errors in federation.ts, study.ts\n');
    expect(await npmRun('study')).toContain('6/6');
    expect(textOf('runs/rates/report.html')).toContain('learningRate=0.1');
  });

  test('refuses a folder that has something, and a name that npm does not take', async () => {
    writeFileSync(join(folder, 'file'), '');
    const refused = [
      [study, 'need a folder that is new or empty, got one with .gitignore'],
      [join(folder, 'file'), 'need a folder that is new or empty, got a file'],
      [join(folder, 'My Study'), "as npm needs it, got 'My Study'"],
    ] as const;
    for (const [path, words] of refused) {
      expect(await runStarling('new', path)).toMatchObject({
        code: 2,
        stderr: expect.stringContaining(words),
      });
    }
  });
});
