// docs/analytics.md has the table that the statistics give. `npx vitest run packages/analytics/src/testing --update`
// prints it anew.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import * as analytics from '../index.js';
import { statisticsTable } from './statistics-table.js';

const PAGE = fileURLToPath(new URL('../../../../docs/analytics.md', import.meta.url));
const [BEGIN, END] = ['<!-- statistics: printed from the code -->', '<!-- end of statistics -->'];

test('`statisticsTable` prints what docs/analytics.md has of all statistics', async () => {
  const page = readFileSync(PAGE, 'utf8');
  const before = page.slice(0, page.indexOf(BEGIN) + BEGIN.length);
  const after = page.slice(page.indexOf(END));
  await expect(`${before}\n\n${statisticsTable()}\n\n${after}`).toMatchFileSnapshot(PAGE);
});

test('`statisticsTable` has every function that makes a statistic', () => {
  const makers = Object.entries(analytics)
    .filter(([, value]) => typeof value === 'function')
    .filter(([, value]) => /\bstatisticOf\)?\(\{/.test(String(value)))
    .map(([name]) => name);
  expect(makers.length).toBeGreaterThan(10);
  for (const maker of makers) expect(statisticsTable()).toContain(`\`${maker}\``);
});
