// `starling data show` as a process: the picture that docs/partitions.md has, and clients without labels.
import { describe, expect, test } from 'vitest';
import { readText } from './support/repository.js';
import { runStarling } from './support/starling.js';

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
