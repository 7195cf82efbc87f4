import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RecordLine, RunSummary } from '@starling/runtime/events';
import { afterEach, describe, expect, test } from 'vitest';
import { UsageError } from '../errors/usage-error.js';
import { roundLine, runLine } from '../testing/lines.js';
import {
  clearRun,
  outputFolder,
  outputStore,
  reportPath,
  requireFolder,
  requireFresh,
} from './output-folder.js';

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'starling-'));
  folders.push(folder);
  return folder;
}

const lines = {
  run: { ...runLine, rounds: 4 },
  round: (round: number) => ({ ...roundLine, round }),
  failed: { type: 'failed', rounds: 1, failedRounds: 0, code: 'x', message: 'no disk', wallMs: 1 },
} as const;

async function keep(folder: string, kept: readonly RecordLine[], tail = ''): Promise<void> {
  await writeFile(
    join(folder, 'metrics.jsonl'),
    kept.map((line) => `${JSON.stringify(line)}\n`).join('') + tail,
  );
}

describe('requireFolder', () => {
  test('takes a folder that is there, or can be made, and leaves it as it was', async () => {
    const folder = await makeFolder();
    requireFolder(folder);
    requireFolder(join(folder, 'runs', 'first'));
    expect(await readdir(folder)).toEqual([]);
  });

  test('refuses one where nothing can be written', () => {
    // What Linux shows of processes takes no folders, from root neither; elsewhere it is not there, and / takes none.
    expect(() => requireFolder('/proc/run')).toThrow(
      /^Cannot keep the run in \/proc\/run: need a directory that can be written to, got E[A-Z]+ for a new one in \/(proc)?$/,
    );
  });
});

describe('outputFolder', () => {
  test('makes the report of the record when the run ends', async () => {
    const folder = await makeFolder();
    await keep(
      folder,
      [lines.run, lines.round(1), lines.round(2), lines.run, lines.round(3)],
      '{"type":"round","rou',
    );
    await outputFolder(folder).finished?.({} as RunSummary);
    const html = await readFile(reportPath(folder), 'utf8');
    expect(html.match(/<tr><td>\d+<\/td>/g)).toEqual(['<tr><td>1</td>', '<tr><td>2</td>', '<tr><td>3</td>']);
    expect(html).toContain('3 of 4, not ended');
  });

  test('makes it of a record whose last line a crash cut at an inner brace', async () => {
    const folder = await makeFolder();
    await keep(folder, [lines.run, lines.round(1)], '{"type":"round","round":2,"metrics":{"loss":1}');
    await outputFolder(folder).finished?.({} as RunSummary);
    expect(await readFile(reportPath(folder), 'utf8')).toContain('1 of 4, not ended');
  });

  test('shows the clients, where they can be described', async () => {
    const folder = await makeFolder();
    await keep(folder, [lines.run, lines.round(1)]);
    await outputFolder(folder, async () => 'ann & bo  3 ■■').finished?.({} as RunSummary);
    const html = await readFile(reportPath(folder), 'utf8');
    expect(html).toContain('<h2>Clients</h2>\n<div class="table"><pre>ann &amp; bo  3 ■■</pre></div>');
    await outputFolder(folder, async () => null).finished?.({} as RunSummary);
    expect(await readFile(reportPath(folder), 'utf8')).not.toContain('<h2>Clients</h2>');
  });

  test('makes it of a run that failed, too, but not of one that never began', async () => {
    const folder = await makeFolder();
    await keep(folder, [lines.run, lines.round(1), lines.failed]);
    const observer = outputFolder(folder);
    await observer.failed?.(new Error('refused'));
    expect(await readdir(folder)).toEqual(['metrics.jsonl']);
    await observer.record?.(lines.run);
    await observer.failed?.(new Error('no disk'));
    expect(await readFile(reportPath(folder), 'utf8')).toContain('The run failed: no disk');
  });
});

describe('requireFresh', () => {
  test('throws when the folder holds a round, and not when it is missing, has none or other files', async () => {
    const folder = await makeFolder();
    await writeFile(join(folder, 'notes.txt'), '');
    await requireFresh(folder);
    await requireFresh(join(folder, 'absent'));
    const open = await outputStore(folder, false).open('one');
    await open.start({});
    await open.begin({ round: 1, attempt: 1, cohort: { size: 0, digest: '' }, seed: [0, 1] });
    await requireFresh(folder);
    const commit = { round: 1, attempt: 1, counted: [], lost: [], metrics: null };
    await open.commit({ ...commit, state: () => new Uint8Array(3) });
    await open.close();
    await expect(requireFresh(folder)).rejects.toThrow(UsageError);
    // Also where it was not there a moment ago.
    await expect(outputStore(folder, false).open('one')).rejects.toThrow(/add --resume to continue with it$/);
    await (await outputStore(folder, true).open('one')).close();
  });
});

describe('requireFolder', () => {
  test('throws when the folder or one around it is a file, and not when it is missing', async () => {
    const folder = await makeFolder();
    requireFolder(folder);
    requireFolder(join(folder, 'absent', 'more'));
    const file = join(folder, 'notes.txt');
    await writeFile(file, '');
    expect(() => requireFolder(file)).toThrow(UsageError);
    expect(() => requireFolder(file)).toThrow(`Cannot keep the run in ${file}: need a directory, got a file`);
    expect(() => requireFolder(join(file, 'out'))).toThrow(`got the file ${file} where one should be`);
  });
});

describe('clearRun', () => {
  test("deletes a run's files and no others", async () => {
    const folder = await makeFolder();
    const written = [
      'journal.log',
      'metrics.jsonl',
      'metrics.jsonl.partial',
      'report.html',
      'round-00000001.safetensors',
      'run.log',
    ];
    for (const name of [...written, 'notes.txt']) {
      await writeFile(join(folder, name), '');
    }
    await clearRun(folder);
    expect((await readdir(folder)).filter((name) => !name.endsWith('.lock'))).toEqual(['notes.txt']);
    await clearRun(join(folder, 'absent'));
  });

  test('leaves a run alone that somebody writes to', async () => {
    const folder = await makeFolder();
    const open = await outputStore(folder, false).open('one');
    await open.start({});
    await expect(clearRun(folder)).rejects.toMatchObject({ code: 'store-locked' });
    expect(await readdir(folder)).toContain('journal.log');
    await open.close();
  });
});
