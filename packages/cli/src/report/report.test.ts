// Tests of the report: which curves it draws, that it is whole on its own, and that text in it stays text.

import type { RoundSummary, RunStart, RunSummary } from '@starling/runtime/events';
import { describe, expect, test } from 'vitest';
import { renderChart } from './chart.js';
import { renderReport } from './report.js';
import { chartsOf } from './series.js';

const record = (round: number, metrics: unknown): RoundSummary => ({
  round,
  metrics,
  wallMs: 100,
  accepted: 10,
  cohort: 10,
});

const start: RunStart = {
  federation: '<mnist>',
  description: 'digits & more',
  runtime: 'threads',
  workers: 2,
  rounds: 2,
  seed: 7,
  population: 100,
  settings: { cohort: 10 },
  headline: null,
};
const summary: RunSummary = {
  start,
  rounds: 2,
  metrics: { loss: 0.5 },
  stateHash: 'c0ffee',
  wallMs: 250,
  interrupted: false,
};

describe('chartsOf', () => {
  test('puts metrics with the same last name on one chart', () => {
    const charts = chartsOf([
      record(1, { training: { loss: 2, accuracy: 0.1 } }),
      record(2, { training: { loss: 1, accuracy: 0.2 }, evaluation: { loss: 1.5 } }),
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
    const records = [record(1, { loss: Number.NaN }), record(2, { loss: 1 }), record(3, { loss: 0.5 })];
    expect(chartsOf(records)[0]?.series[0]?.points).toEqual([
      [2, 1],
      [3, 0.5],
    ]);
    expect(chartsOf([record(1, { loss: Number.NaN })])).toEqual([]);
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
  const html = renderReport([record(1, { loss: 1 }), record(2, { loss: 0.5 })], summary);

  test('counts the workers of a runtime that has any', () => {
    expect(html).toContain('<dt>runtime</dt><dd>threads × 2</dd>');
    const alone = { ...summary, start: { ...start, runtime: 'alone', workers: null } };
    expect(renderReport([], alone)).toContain('<dt>runtime</dt><dd>alone</dd>');
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
    expect(html).toContain('c0ffee');
    expect(html).toContain('cohort=10');
  });

  test('keeps the last round in the table of a long run', () => {
    const records = Array.from({ length: 101 }, (_, index) => record(index + 1, { loss: 1 / (index + 1) }));
    const rows = renderReport(records, summary).match(/<tr><td>/g) ?? [];
    // 101 rounds over 20 rows: every 6th from the first, 17 rows with rounds 1, 7 … 97, and the last.
    expect(rows).toHaveLength(18);
  });
});
