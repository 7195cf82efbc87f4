// Every mistake meets a sentence. The pages beside this file show what users do wrong and what they read then; here the
// mistakes are made, and the pages compared. `npx vitest run test/mistakes -u` prints the pages anew, to be read.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Mistake, type MistakePage, mistakePages, moduleOf, printPage } from '../support/mistakes.js';
import { root } from '../support/repository.js';
import { startStarling } from '../support/starling.js';
import type { Job, Printed } from './make-mistakes.js';

const pages = mistakePages();
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'starling-mistakes-')));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Writes what the user wrote; the folder in which the command is typed. */
function written(page: MistakePage, mistake: Mistake): string {
  const directory = join(folder, page.name, String(page.mistakes.indexOf(mistake)));
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(folder, page.name, 'given.ts'), page.given);
  if (mistake.code !== null) {
    writeFileSync(join(directory, 'mistake.ts'), moduleOf(mistake.code, page.given));
  }
  return directory;
}

/** What the user reads, with paths as they would be seen from the folder of the file. */
function saidOf({ command }: Mistake, directory: string, { stdout, stderr, code }: Printed): string {
  const read = command[0] === 'check' ? stdout + stderr : stderr;
  const text = read
    .replace(/^ *at .*make-mistakes\.js:.*\n/gm, '')
    .trimEnd()
    .replaceAll(`${directory}/`, '')
    .replaceAll(`${join(directory, '..')}/`, '../');
  return code === 1 ? text : `${text}\n(exit code ${code})`;
}

const makesMany = join(root, 'test/dist/mistakes/make-mistakes.js');

function makeTogether(jobs: readonly Job[]): readonly Printed[] {
  const [jobsPath, printedPath] = [join(folder, 'jobs.json'), join(folder, 'printed.json')];
  writeFileSync(jobsPath, JSON.stringify(jobs));
  const { status, stderr } = spawnSync(process.execPath, [makesMany, jobsPath, printedPath], {
    encoding: 'utf8',
    timeout: 200_000,
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return JSON.parse(readFileSync(printedPath, 'utf8')) as readonly Printed[];
}

async function makeAlone({ directory, command }: Job): Promise<Printed> {
  const { code, stdout, stderr } = await startStarling(command, { directory }).finished;
  return { code: code ?? Number.NaN, stdout, stderr };
}

const said = new Map<Mistake, string>();

beforeAll(async () => {
  const all = pages.flatMap((page) =>
    page.mistakes.map((mistake) => ({ mistake, directory: written(page, mistake) })),
  );
  const together = all.filter(({ mistake }) => !mistake.isAlone);
  const printed = makeTogether(
    together.map(({ mistake, directory }) => ({ directory, command: mistake.command })),
  );
  for (const [index, { mistake, directory }] of together.entries()) {
    said.set(mistake, saidOf(mistake, directory, printed[index] as Printed));
  }
  for (const { mistake, directory } of all.filter(({ mistake }) => mistake.isAlone)) {
    const alone = await makeAlone({ directory, command: mistake.command });
    said.set(mistake, saidOf(mistake, directory, alone));
  }
}, 300_000);

describe.each(pages.map((page) => [page.name, page] as const))('mistakes of %s', (name, page) => {
  test('are said as the page has it', async () => {
    const all = page.mistakes.map((mistake) => said.get(mistake) as string);
    await expect(printPage(page, all)).toMatchFileSnapshot(`${name}.md`);
  });

  test('are said alike by the command itself', async () => {
    const mistake = page.mistakes.find(({ isAlone }) => !isAlone);
    if (mistake === undefined) return;
    const directory = written(page, mistake);
    const printed = await makeAlone({ directory, command: mistake.command });
    expect(saidOf(mistake, directory, printed)).toBe(said.get(mistake));
  });

  test.each(page.mistakes.map((mistake) => [mistake.title, mistake] as const))('%s', (_, mistake) => {
    expect(faultsOf(mistake, said.get(mistake) as string)).toEqual([]);
  });
});

/** Mistakes that may be meant get a warning, and the program continues. */
const isWarned = (text: string): boolean => text.startsWith('Starling: ');

/** What is wrong with a message, by the rules that hold for all of them. */
function faultsOf({ code }: Mistake, text: string): readonly string[] {
  const isOfCommandLine = text.endsWith('(exit code 2)');
  const opening = /^(Cannot .+: |Starling: |mistake\.ts:\d+:\d+: error )/;
  const faults: readonly (readonly [string, boolean])[] = [
    ['says neither what was tried, nor what is wrong', !opening.test(text)],
    ['succeeds', text.endsWith('(exit code 0)') !== isWarned(text)],
    ['has no line of the user', code !== null && !isOfCommandLine && !/\bmistake\.ts:\d+:\d+/.test(text)],
    ['is a raw error', /^\s*(because: )?(TypeError|ReferenceError|ZodError|AssertionError)\b/m.test(text)],
    ['shows Starling’s own code', /packages\/|node_modules|node:internal|\/dist\//.test(text)],
    ['shows an object as such', /\[object |\[native code\]/.test(text)],
  ];
  return faults.filter(([, isFault]) => isFault).map(([fault]) => fault);
}

test('are a hundred at least', () => {
  expect(pages.flatMap(({ mistakes }) => mistakes).length).toBeGreaterThanOrEqual(100);
});
