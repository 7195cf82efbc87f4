// An analysis as text: within 80 columns, and what is withheld says so.
import { numberColumn, textColumn } from '@starling/population';
import { describe, expect, test } from 'vitest';
import { formatAnalysis } from './analysis-text.js';
import type { TableAnalysis } from './table-analysis.js';

const counts = {
  rows: 10,
  missing: 2,
  clients: 3,
  nan: 1,
  positiveInfinity: 0,
  negativeInfinity: 0,
  zeros: 0,
  bytes: 0,
};
const coverage = { clients: 4, withRows: 4, withValues: 3, missingMost: 1, clientsBySize: [] };
const withheld = { withheld: 'fewer than 5 clients have a value', clients: 3, minClients: 5 };

const analysis: TableAnalysis = {
  name: 'trips',
  clients: 4,
  rows: 10,
  columns: [
    {
      kind: 'number',
      name: 'a column with a very long name',
      column: numberColumn(),
      counts,
      coverage,
      distinct: { distinct: 7, isExact: true },
      moments: { count: 7, mean: 1234.5, variance: 4, stddev: 2, sum: 8641.5 },
      quantiles: { count: 7, quantiles: [1, 2, 3, 4, 5].map((value, at) => ({ quantile: at / 4, value })) },
      extremes: null,
      histogram: { edges: [0, 1, 2, 3, 4], counts: [1, 1, 0, 4], below: 0, above: 1, nan: 1 },
    },
    {
      kind: 'text',
      name: 'payment',
      column: textColumn(8),
      counts,
      coverage: { ...coverage, missingMost: 0 },
      distinct: { distinct: 1234.6, isExact: false },
      values: {
        values: [
          { value: 'card', rows: 4, clients: 3 },
          { value: 'cash', rows: 2, clients: 2 },
        ],
        otherRows: 2,
        withheldValues: 2,
        notDecodedRows: 0,
      },
    },
    {
      kind: 'text',
      name: 'secret',
      column: textColumn(8),
      counts: withheld,
      coverage: withheld,
      distinct: withheld,
      values: withheld,
    },
  ],
  phases: 9,
  bytesPerClient: 12_345,
  minClients: 2,
  wallMs: 1500,
};

describe('formatAnalysis', () => {
  test('prints tables of at most 80 columns, with what is odd below', () => {
    const text = formatAnalysis(analysis);
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(text).toContain('trips: 10 rows of 4 clients');
    // 2 of 10 rows; the two halves of the histogram have 2 and 4 rows, of which the larger is a full bar.
    expect(text).toMatch(/a column with a…\s+20 %\s+1,235\s+2\s+2\s+3\s+4\s+▅█/);
    // 4 and 2 of the 8 rows that have a value.
    expect(text).toMatch(/payment\s+20 %\s+~1,200\s+card 50 %, cash 25 %/);
    expect(text).toContain('missing in most rows of 1 of 4 clients');
    expect(text).toContain('payment: 2 values withheld, of too few clients');
    expect(text).toContain('secret: withheld, fewer than 5 clients have a value');
  });
});
