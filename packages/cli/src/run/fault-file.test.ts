import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FaultsError } from '@starling/runtime/faults';
import { afterAll, describe, expect, test } from 'vitest';
import { UsageError } from '../errors/usage-error.js';
import { readFaultFile } from './fault-file.js';

const folder = mkdtempSync(join(tmpdir(), 'starling-fault-file-'));
const path = join(folder, 'faults.yaml');
afterAll(() => rmSync(folder, { recursive: true }));

async function messageOf(text: string): Promise<string> {
  writeFileSync(path, text);
  const error = await readFaultFile(path).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(UsageError);
  return (error as Error).message.replaceAll(path, 'faults.yaml');
}

describe('readFaultFile', () => {
  test('`readFaultFile` reads what is written, and takes an empty file for no faults', async () => {
    writeFileSync(path, '# nothing\n');
    expect((await readFaultFile(path)).faults).toEqual({});
    writeFileSync(path, 'dropouts:\n  - clients: [1, mote-2]\n    probability: 0.5\nserverCrashes: [3]\n');
    expect((await readFaultFile(path)).faults).toEqual({
      dropouts: [{ clients: [1, 'mote-2'], probability: 0.5 }],
      serverCrashes: [3],
    });
  });

  test('`readFaultFile` says the line, the column and the field of every mistake', async () => {
    expect(await messageOf('dropouts:\n  - probabilty: 0.5\n  - probability: 2\n')).toBe(
      [
        "Cannot simulate faults: faults.yaml:2:5: dropouts[0].probabilty is no field: need one of probability, clients, rounds, for; did you mean 'probability'?",
        '  faults.yaml:3:5: dropouts[1].probability must be at most 1, got 2',
      ].join('\n'),
    );
    expect(await messageOf('byzantine:\n  - clients: [1]\n    scale: 2\n')).toBe(
      "Cannot simulate faults: faults.yaml:2:5: byzantine[0].how must be 'sign-flip' or 'noise' or 'constant' or 'zero', got undefined",
    );
    expect(await messageOf('crashes:\n  - clients:\n      - mote-1\n      - 1.5\n')).toBe(
      'Cannot simulate faults: faults.yaml:4:9: crashes[0].clients[1] must be the number or the name of a client, got 1.5',
    );
    expect(await messageOf('- 1\n')).toBe(
      'Cannot simulate faults: faults.yaml:1:1: must be fields with their values, got an array of 1',
    );
  });

  test('`readFaultFile` says where YAML is wrong', async () => {
    expect(await messageOf('dropouts:\n  - probability: [1\ncrashes: []\n')).toMatch(
      /^Cannot simulate faults: faults\.yaml:[34]:\d+: need YAML, got a mistake: /,
    );
    expect(await messageOf('crashes: []\ncrashes: []\n')).toMatch(/faults\.yaml:2:1: need YAML, .* unique/);
  });

  test('`readFaultFile` refuses a file that is not there, or of another ending', async () => {
    await expect(readFaultFile(join(folder, 'none.yaml'))).rejects.toThrow('need a file that exists');
    await expect(readFaultFile(join(folder, 'faults.txt'))).rejects.toThrow(
      'need a .yaml, .yml or .json file',
    );
  });

  test('`explained` gives what a run finds wrong its line, and lets other errors pass', async () => {
    writeFileSync(path, 'dropouts:\n  - {}\n  - clients: [1, 77]\n');
    const { explained } = await readFaultFile(path);
    const problems = [{ path: ['dropouts', 1, 'clients', 1], problem: 'must be below 4, got 77' }];
    const failing = explained(() => Promise.reject(new FaultsError(problems)));
    await expect(failing).rejects.toThrow(`${path}:3:18: dropouts[1].clients[1] must be below 4, got 77`);
    await expect(failing).rejects.toBeInstanceOf(UsageError);
    await expect(explained(() => Promise.reject(new TypeError('other')))).rejects.toThrow(TypeError);
  });
});
