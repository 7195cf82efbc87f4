// docs/robustness.md: its tables are of the rules and attacks that there are, and a few of their cells are measured
// again.
import { describe, expect, test } from 'vitest';
import { readText } from '../support/repository.js';
import { ATTACKS, accuracyOf, type Cell, PARTITIONS, RULES } from './print-robustness.js';

const page = readText('docs/robustness.md');

/** The numbers of a table, by rule. */
function rowsOf(partition: Cell['partition']): ReadonlyMap<string, readonly number[]> {
  const [, section] = page.split(`\n### ${partition}\n`) as [string, string];
  const rows = [
    ...section
      .split('\n## ')[0]!
      .split('\n### ')[0]!
      .matchAll(/^\| `([\w-]+)` \|(.*)\|$/gm),
  ];
  return new Map(rows.map(([, rule, cells]) => [rule!, cells!.split('|').map(Number)]));
}

describe('docs/robustness.md', () => {
  test.each(PARTITIONS)('has all rules and attacks on clients of %s', (partition) => {
    const rows = rowsOf(partition);
    expect([...rows.keys()]).toEqual([...RULES]);
    for (const numbers of rows.values()) {
      expect(numbers.length).toBe(ATTACKS.length);
      for (const number of numbers) expect(Number.isFinite(number)).toBe(true);
    }
    expect(page).toContain(`| rule | ${ATTACKS.join(' | ')} |`);
  });

  // Of one seed, so that only other kernels' rounding makes a difference.
  const cells: readonly Cell[] = [
    { partition: 'shards', rule: 'mean', attack: 'sign-flip' },
    { partition: 'iid', rule: 'median', attack: 'sign-flip' },
    { partition: 'iid', rule: 'multi-krum', attack: 'ipm' },
  ];
  test.each(cells)(
    'has what $rule comes to under $attack on clients of $partition',
    { timeout: 60_000 },
    async (cell) => {
      const printed = rowsOf(cell.partition).get(cell.rule)![ATTACKS.indexOf(cell.attack)]!;
      expect(Math.abs((await accuracyOf(cell)) - printed)).toBeLessThan(2);
    },
  );
});
