import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { storeDirectories } from './find-runs.js';

test('`storeDirectories` names a folder that it cannot look into, and finds what is beside it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'starling-find-runs-'));
  try {
    mkdirSync(join(folder, 'run'));
    writeFileSync(join(folder, 'run', 'journal.log'), '');
    // A path longer than the 4,096 bytes that the system takes, of two halves: nobody may look there, root included.
    const half = join(...Array.from({ length: 9 }, () => 'x'.repeat(250)));
    for (const name of ['upper', 'lower']) mkdirSync(join(folder, name, half), { recursive: true });
    renameSync(join(folder, 'lower'), join(folder, 'upper', half, 'lower'));
    const problems: string[] = [];
    expect(storeDirectories(folder, (problem) => problems.push(problem))).toEqual([join(folder, 'run')]);
    expect(problems).toEqual([expect.stringMatching(/^Cannot list runs below .*x: ENAMETOOLONG/)]);
  } finally {
    execFileSync('rm', ['-rf', folder]);
  }
});
