// Checks the benchmark's rows.
import { expect, test } from 'vitest';
import type { Measurement } from './configuration.js';
import { report } from './report.js';

const measured = (medianRoundMs: number): Measurement => ({
  version: '',
  rounds: 1,
  medianRoundMs,
  bestRoundMs: medianRoundMs,
  cpuMsPerRound: 2 * medianRoundMs,
  peakMemoryMiB: 100,
  firstRoundMs: 1000,
  lossBefore: 2,
  lossAfter: 1,
});

const cells = (text: string): readonly (readonly string[])[] =>
  text
    .split('\n')
    .slice(2)
    .map((line) => line.split(/ {2,}/));

test('`report` gives medians, and ratios to the fastest peer of the same model', () => {
  const rows = cells(
    report([
      { name: 'ours', model: 'lr', isPeer: false, measurements: [measured(4), measured(2)], failures: 0 },
      { name: 'slow', model: 'lr', isPeer: true, measurements: [measured(12)], failures: 0 },
      { name: 'fast', model: 'lr', isPeer: true, measurements: [measured(6)], failures: 0 },
      { name: 'other', model: 'cnn', isPeer: true, measurements: [measured(1)], failures: 0 },
    ]),
  );
  // Median 3 ms: 333.3 rounds a second, 6 / 3 times the fastest peer.
  expect(rows[0]).toEqual(['lr: ours', '333.3', '3.00', '6.00', '100', '1000', '2.00']);
  expect(rows[1]?.at(-1)).toBe('0.50');
});

test('`report` has a row for a contender that failed, and compares with none that did', () => {
  const rows = cells(
    report([
      { name: 'half', model: 'lr', isPeer: false, measurements: [measured(4)], failures: 1 },
      { name: 'none', model: 'lr', isPeer: true, measurements: [], failures: 2 },
    ]),
  );
  expect(rows).toEqual([
    ['lr: half, 1 failed', '250.0', '4.00', '8.00', '100', '1000'],
    ['lr: none', 'failed'],
  ]);
});
