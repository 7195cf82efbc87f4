import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { allObservers } from './observers.js';
import { outputFolder } from './output-folder.js';
import type { RunObserver } from './run-record.js';

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

const start = {
  simulation: 'tiny',
  description: '',
  runtime: 'in-process',
  workers: 1,
  rounds: 2,
  seed: 1,
  population: 1,
  settings: {},
};

async function play(observer: RunObserver): Promise<void> {
  await observer.started?.(start);
  await observer.round?.({ round: 1, metrics: { loss: 1 }, wallMs: 1, accepted: 1, cohort: 1 });
  await observer.finished?.({
    rounds: 1,
    metrics: { loss: 1 },
    stateHash: 'ab',
    wallMs: 1,
    interrupted: true,
  });
}

describe('outputFolder', () => {
  it('makes the folder and replaces the metrics of an earlier run', async () => {
    const parent = await mkdtemp(join(tmpdir(), 'starling-'));
    folders.push(parent);
    const folder = join(parent, 'deep', 'run');
    await play(outputFolder(folder));
    await play(outputFolder(folder));
    const lines = (await readFile(join(folder, 'metrics.jsonl'), 'utf8')).trimEnd().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { type: string }).type)).toEqual(['round', 'summary']);
    expect(await readFile(join(folder, 'report.html'), 'utf8')).toContain('1 of 2, stopped');
  });
});

describe('allObservers', () => {
  it('waits for each observer before the next', async () => {
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
    await play(allObservers([slow, quick]));
    expect(calls).toEqual(['start', 'slow', 'quick']);
  });
});
