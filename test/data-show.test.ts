// `starling data` as a process: signs in a file that would steer a terminal, the picture that docs/partitions.md has,
// and clients without labels.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readText } from './support/repository.js';
import { runStarling } from './support/starling.js';

test('`starling data inspect` shows signs that would steer a terminal as code', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'starling-inspect-'));
  try {
    const path = join(folder, 'steers.csv');
    writeFileSync(path, 'age,na\u001b[31mme\n1,x\n2,y\n');
    const text = await runStarling('data', 'inspect', path);
    expect(text.stdout).toContain('na\\u001b[31mme');
    expect(text.stdout).not.toContain('\u001b');
    const { stdout } = await runStarling('data', 'inspect', path, '--json');
    expect(JSON.parse(stdout).columns[1].name).toBe('na\u001b[31mme');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

describe('starling data show', () => {
  test('prints what the page on partitions shows, at most 80 columns wide', async () => {
    const { code, stdout } = await runStarling(
      'data',
      'show',
      'mnist',
      '--set',
      'partition=shards',
      '--lines',
      '4',
    );
    expect(code).toBe(0);
    expect(readText('docs/partitions.md')).toContain(stdout.trimEnd().replace(/^(?=.)/gm, '    '));
    expect(Math.max(...stdout.split('\n').map((line) => [...line].length))).toBeLessThanOrEqual(80);
  });

  test('shows sizes where examples have no such label', async () => {
    const { code, stdout } = await runStarling('data', 'show', 'temperature');
    expect(code).toBe(0);
    expect(stdout).toContain("sensor-readings: 4 clients, 18914 rows, no label 'y'");
  });

  test('says what is needed when a setting does not exist', async () => {
    const { code, stderr } = await runStarling('data', 'show', 'mnist', '--set', 'partitions=iid');
    expect(code).toBe(2);
    expect(stderr).toContain("got 'partitions'");
  });
});
