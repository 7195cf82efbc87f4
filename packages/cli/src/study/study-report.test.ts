import { expect, test } from 'vitest';
import { studyRun } from '../testing/study-runs.js';
import { renderStudy } from './study-report.js';
import { cellsOf } from './summary.js';
import { readTarget } from './target.js';

const target = readTarget('accuracy=0.5');
const runs = [
  studyRun({ rate: '0.1' }, 1, [0, 0.4]),
  studyRun({ rate: '0.1' }, 2, [0, 0.8]),
  studyRun({ rate: '<9>' }, 1, [], { outcome: 'failed', reason: 'too <much>' }),
];
const html = renderStudy({ cells: cellsOf(runs, target), runs, target, wallMs: 1 });

test('`renderStudy` draws the mean of a combination, and a band of one deviation to each side', () => {
  // The band ends at 0.6 ± √0.08 = 0.317 and 0.883; with the values from 0 on, the axis goes from 0 to 1.
  // Plot area: x from 58 to 544, y from 226 (0) up to 12 (1): 226 − 214 · 0.6 = 97.6.
  expect(html).toContain('class="line series-0" d="M58.0,226.0L544.0,97.6"');
  const [low, high] = [0.6 - Math.sqrt(0.08), 0.6 + Math.sqrt(0.08)].map((y) => (226 - 214 * y).toFixed(1));
  expect(html).toContain(`class="band series-0" d="M58.0,226.0L544.0,${low}L544.0,${high}L58.0,226.0Z"`);
});

test('`renderStudy` has a table of finals and of the way to the target, and names what failed', () => {
  expect(html).toContain(
    '<tr><td>0.1</td><td>2</td><td>0.60 ± 0.28</td><td>2 (1 of 2)</td><td>2.2 kB</td><td>2</td></tr>',
  );
  expect(html).toContain('<td>&lt;9&gt;</td><td>0 of 1</td><td>–</td><td>never</td>');
  expect(html).toContain('<td>too &lt;much&gt;</td>');
  expect(html).toContain('<dt>runs that are done</dt><dd>2 of 3</dd>');
});

test('`renderStudy` loads nothing from outside', () => {
  expect(html).not.toMatch(/\b(src|href)=|url\(|@import|https?:/);
});
