// Tests of the report: which curves it draws, that it is whole on its own, and that text in it stays text.

import type { RoundLine } from '@starling/runtime/events';
import { describe, expect, test } from 'vitest';
import { doneLine, roundLine, runLine } from '../testing/lines.js';
import { renderChart } from './chart.js';
import { renderReport } from './report.js';
import { chartsOf } from './series.js';

const record = (
  round: number,
  metrics: RoundLine['metrics'],
  evaluation?: RoundLine['evaluation'],
): RoundLine => ({
  ...roundLine,
  round,
  metrics,
  ...(evaluation !== undefined && { evaluation }),
});

describe('chartsOf', () => {
  test('puts metrics with the same last name on one chart', () => {
    const charts = chartsOf([
      record(1, { training: { loss: 2, accuracy: 0.1 } }),
      record(2, { training: { loss: 1, accuracy: 0.2 } }, { loss: 1.5 }),
    ]);
    expect(charts).toEqual([
      {
        title: 'loss',
        series: [
          {
            name: 'training.loss',
            points: [
              [1, 2],
              [2, 1],
            ],
          },
          { name: 'evaluation.loss', points: [[2, 1.5]] },
        ],
      },
      {
        title: 'accuracy',
        series: [
          {
            name: 'training.accuracy',
            points: [
              [1, 0.1],
              [2, 0.2],
            ],
          },
        ],
      },
    ]);
  });

  test('leaves out points that are not finite', () => {
    const records = [record(1, { loss: 'NaN' }), record(2, { loss: 1 }), record(3, { loss: 0.5 })];
    expect(chartsOf(records)[0]?.series[0]?.points).toEqual([
      [2, 1],
      [3, 0.5],
    ]);
    expect(chartsOf([record(1, { loss: 'NaN' })])).toEqual([]);
  });

  test('draws no curve of what never changes', () => {
    const records = [1, 2, 3].map((round) => record(round, { loss: 1 / round, examples: 6000 }));
    expect(chartsOf(records).map(({ title }) => title)).toEqual(['loss']);
    expect(chartsOf(records.slice(0, 1))).toEqual([]);
  });
});

describe('renderChart', () => {
  test('draws a line from the first round at the left edge to the last at the right', () => {
    const svg = renderChart({
      title: 'loss',
      series: [
        {
          name: 'loss',
          points: [
            [1, 1],
            [3, 0],
          ],
        },
      ],
    });
    // Plot area: x from 58 to 560 − 16, y from 260 − 34 up to 12; the value axis runs from 0 to 1.
    expect(svg).toContain('d="M58.0,12.0L544.0,226.0"');
  });
});

describe('renderReport', () => {
  const html = renderReport([runLine, record(1, { loss: 1 }), record(2, { loss: 0.5 }), doneLine]);

  test('counts the workers of a runtime that has any', () => {
    expect(html).toContain('<dt>runtime</dt><dd>threads × 2</dd>');
    const alone = { ...runLine, runtime: 'alone', workers: null };
    expect(renderReport([alone])).toContain('<dt>runtime</dt><dd>alone</dd>');
  });

  test('loads nothing from outside', () => {
    expect(html).not.toMatch(/\b(src|href)=|url\(|@import|https?:/);
  });

  test('escapes text of the federation', () => {
    expect(html).toContain('<h1>&lt;mnist&gt;</h1>');
    expect(html).toContain('digits &amp; more');
  });

  test('shows clients a second, the state hash and the settings', () => {
    // 20 accepted clients in 200 ms: 100 a second.
    expect(html).toContain('<dt>clients/s</dt><dd>100</dd>');
    expect(html).toContain('c'.repeat(64));
    expect(html).toContain('cohort=10');
  });

  test('keeps the last round in the table of a long run', () => {
    const records = Array.from({ length: 101 }, (_, index) => record(index + 1, { loss: 1 / (index + 1) }));
    const rows = renderReport([runLine, ...records, doneLine]).match(/<tr><td>/g) ?? [];
    // 101 rounds over 20 rows: every 6th from the first, 17 rows with rounds 1, 7 … 97, and the last.
    expect(rows).toHaveLength(18);
  });

  test('tells who is missing in all rounds, by reason, what to do, and the counts of each round', () => {
    const lost = {
      status: 'dropped',
      code: 'load-failed',
      phase: 0,
      reason: 'no file <a>',
      count: 1,
      clients: ['mote-1'],
    } as const;
    const page = renderReport([
      runLine,
      { ...roundLine, accepted: 9, dropped: 1, lost: [lost] },
      {
        ...roundLine,
        round: 2,
        accepted: 8,
        rejected: 1,
        dropped: 1,
        lost: [{ ...lost, clients: ['mote-2'] }],
      },
      doneLine,
    ]);
    expect(page).toContain(
      '<tr><td>2 dropped</td><td>load-failed</td><td>no file &lt;a&gt;</td><td>mote-1, mote-2</td></tr>',
    );
    expect(page).toContain('load-failed: fix what the population&#39;s load reads');
    expect(page).toContain('<tr><td>2</td><td>1</td><td>8/10</td><td>1</td><td>1</td><td>100 ms</td></tr>');
    expect(html).not.toContain('Missing updates');
  });

  test('has a table of simulated faults, by round and in all, and no advice on who is missing', () => {
    const none = { dropouts: 0, crashes: 0, stragglers: 0, late: 0 };
    const others = { corrupt: 0, byzantine: 0, duplicates: 0, serverCrashes: 0 };
    const lost = [
      { status: 'dropped', code: 'deadline', phase: 0, reason: 'late', count: 1, clients: ['a'] },
    ] as const;
    const page = renderReport([
      { ...runLine, faults: { deadlineMs: 500 } },
      { ...roundLine, faults: { ...none, ...others, dropouts: 2 }, virtualMs: 400 },
      { ...roundLine, round: 2, lost, faults: { ...none, ...others, dropouts: 1, late: 3 }, virtualMs: 500 },
      doneLine,
    ]);
    expect(page).toContain(
      '<tr><th>round</th><th>dropouts</th><th>too late</th><th>virtual time</th></tr></thead><tbody>' +
        '<tr><td>1</td><td>2</td><td>0</td><td>400 ms</td></tr>' +
        '<tr><td>2</td><td>1</td><td>3</td><td>500 ms</td></tr>' +
        '<tr><td>all</td><td>3</td><td>3</td><td>900 ms</td></tr>',
    );
    expect(page).toContain('<td>1 dropped</td><td>deadline</td>');
    expect(page).not.toContain('give rounds a longer deadline');
    expect(html).not.toContain('Simulated faults');
  });

  test('tells of failed rounds, of how the run ended, and of rounds whose counts are not known', () => {
    const page = renderReport([
      { type: 'earlier-round', round: 1, metrics: { loss: 3 }, wallMs: 5 },
      { ...runLine, from: 1 },
      {
        ...roundLine,
        type: 'failed-round',
        round: 2,
        attempt: 1,
        code: 'too-few-reports',
        message: 'Cannot',
      },
      {
        type: 'failed',
        rounds: 1,
        failedRounds: 1,
        code: 'too-few-reports',
        message: 'Cannot\n  <go on>',
        wallMs: 9,
      },
    ]);
    expect(page).toContain('<tr><td>1</td><td>3</td><td>–</td><td>5 ms</td></tr>');
    expect(page).toContain('<tr><td>2 failed: too-few-reports</td><td>–</td><td>10/10</td>');
    expect(page).toContain('<dt>rounds</dt><dd>1 of 2, failed</dd>');
    expect(page).toContain('The run failed: Cannot<br>  &lt;go on&gt;');
  });
});
