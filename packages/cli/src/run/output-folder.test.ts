import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunObserver } from '@starling/runtime/events';
import { allObservers } from '@starling/runtime/events';
import { afterEach, describe, expect, test } from 'vitest';
import { UsageError } from '../errors/usage-error.js';
import { clearRun, outputFolder, reportPath, requireFresh } from './output-folder.js';

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'starling-'));
  folders.push(folder);
  return folder;
}

const start = {
  federation: 'tiny',
  description: '',
  runtime: 'in-process',
  workers: null,
  rounds: 4,
  seed: 1,
  population: 1,
  settings: {},
  headline: null,
};

async function play(observer: RunObserver, round: number): Promise<void> {
  const metrics = { loss: round };
  await observer.started?.(start);
  await observer.round?.({ round, metrics, wallMs: 1, accepted: 1, cohort: 1 });
  await observer.finished?.({ start, rounds: round, metrics, stateHash: 'ab', wallMs: 1, interrupted: true });
}

describe('outputFolder', () => {
  test('makes the folder and writes the report when the run ends', async () => {
    const folder = join(await makeFolder(), 'deep', 'run');
    await play(outputFolder(folder), 1);
    expect(await readFile(reportPath(folder), 'utf8')).toContain('1 of 4, stopped');
  });

  test('reports the rounds before a resume, and each round once', async () => {
    const folder = await makeFolder();
    const rows = [1, 2, 3].map((round) => JSON.stringify({ round, metrics: { loss: round }, wallMs: 1 }));
    await writeFile(join(folder, 'metrics.jsonl'), `${rows.join('\n')}\n{"round":4,"met`);
    await writeFile(join(folder, 'round-00000002.safetensors'), '');
    await play(outputFolder(folder), 3);
    const html = await readFile(reportPath(folder), 'utf8');
    expect(html.match(/<tr><td>\d+<\/td>/g)).toEqual(['<tr><td>1</td>', '<tr><td>2</td>', '<tr><td>3</td>']);
  });
});

describe('requireFresh', () => {
  test('throws when the folder holds a checkpoint, and not when it is missing or holds other files', async () => {
    const folder = await makeFolder();
    await writeFile(join(folder, 'notes.txt'), '');
    requireFresh(folder);
    requireFresh(join(folder, 'absent'));
    await writeFile(join(folder, 'round-00000012.safetensors'), '');
    expect(() => requireFresh(folder)).toThrow(UsageError);
  });
});

describe('clearRun', () => {
  test("deletes a run's files and no others", async () => {
    const folder = await makeFolder();
    for (const name of ['metrics.jsonl', 'report.html', 'round-00000001.safetensors', 'notes.txt']) {
      await writeFile(join(folder, name), '');
    }
    await clearRun(folder);
    expect(await readdir(folder)).toEqual(['notes.txt']);
    await clearRun(join(folder, 'absent'));
  });
});

describe('allObservers', () => {
  test('waits for each observer before the next', async () => {
    const calls: string[] = [];
    const slow: RunObserver = {
      round: async () => {
        await new Promise((resolve) => setTimeout(resolve, 5));
        calls.push('slow');
      },
    };
    const quick: RunObserver = {
      round: () => void calls.push('quick'),
      started: () => void calls.push('start'),
    };
    await play(allObservers([slow, quick]), 1);
    expect(calls).toEqual(['start', 'slow', 'quick']);
  });
});
