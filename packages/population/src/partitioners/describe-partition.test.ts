import { seedFrom } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { digits } from '../testing/digits.js';
import { describePartition } from './describe-partition.js';
import { labelDirichletPartition } from './label-dirichlet-partition.js';

describe('describePartition', () => {
  test('draws sizes as bars and shares of labels as shades', () => {
    // Client 0: four rows, all label 7: more than 70 % of them. Client 1: one 7 and one 9, halves. Row 6 is left out.
    // The bar of 2 rows of 4 is half of 16; there is room for two columns a label.
    const parts = [Int32Array.of(0, 1, 2, 3), Int32Array.of(4, 5)];
    const picture = describePartition({ parts, labels: [7, 7, 7, 7, 7, 9, 9], names: ['ann', 'bo'] });
    expect(picture.split('\n')).toEqual([
      '2 clients, 7 rows (1 left out), 2 labels',
      'rows of a client: 2 to 4, half have 4 or more',
      '',
      'client rows                   7 9',
      'ann       4 ■■■■■■■■■■■■■■■■ │██  │',
      'bo        2 ■■■■■■■■         │▓▓▓▓│',
      '',
      "shares of a client's rows:  · < 5 %   ░ < 20 %   ▒ < 40 %   ▓ < 70 %   █ more",
    ]);
  });

  test('fits its width, and shows the first, the last and clients in between', () => {
    const parts = labelDirichletPartition({ clients: 1_000, concentration: 1 }).partition(
      digits,
      seedFrom(1),
    );
    const lines = describePartition({ parts, labels: digits, lines: 5, width: 60 }).split('\n');
    for (const line of lines) expect([...line].length).toBeLessThanOrEqual(60);
    expect(lines.slice(4, 9).map((line) => line.split(' ')[0])).toEqual(['0', '249', '499', '749', '999']);
    expect(lines[9]).toBe('… and 995 more between these');
  });

  test('puts neighbouring labels into one column when there are many', () => {
    const labels = Int32Array.from({ length: 1_000 }, (_, row) => row);
    const picture = describePartition({ parts: [Int32Array.from(labels)], labels });
    expect(Math.max(...picture.split('\n').map((line) => [...line].length))).toBeLessThanOrEqual(80);
    expect(picture).toContain('1 client, 1000 rows, 1000 labels');
    expect(picture).toContain('labels 0 to 999');
  });
});
