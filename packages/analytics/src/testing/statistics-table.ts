// The table of docs/analytics.md: every statistic with what it costs, how exact it is and what it discloses, read off
// the statistics themselves.
import { numberColumn, textColumn } from '@starling/population';
import { covariance } from '../joint/covariance.js';
import { mutualInformation } from '../joint/mutual-information.js';
import { counts } from '../numbers/counts.js';
import { extremes } from '../numbers/extremes.js';
import { hierarchicalHistogram } from '../numbers/hierarchical-histogram.js';
import { equalWidths, histogram } from '../numbers/histogram.js';
import { moments } from '../numbers/moments.js';
import { quantileSketch } from '../numbers/quantile-sketch.js';
import { quantiles } from '../numbers/quantiles.js';
import type { ErrorBound, Statistic } from '../statistic/statistic.js';
import { coverage } from '../texts/coverage.js';
import { distinct } from '../texts/distinct.js';
import { heavyHitters } from '../texts/heavy-hitters.js';
import { trieHeavyHitters } from '../texts/trie-heavy-hitters.js';
import { vocabulary } from '../texts/vocabulary.js';

const [wide, narrow, whole] = [numberColumn('float64'), numberColumn('float32'), numberColumn('int32')];
const text = textColumn(16);
const values = Array.from({ length: 100 }, (_, at) => `value ${at}`);

/** Each with what it is of, as a user writes it. */
const EXAMPLES: readonly (readonly [string, Statistic])[] = [
  ['of any column', counts(wide)],
  ['of float64', moments(wide)],
  ['of float32', moments(narrow)],
  ['of int32', moments(whole)],
  ['20 buckets', histogram(wide, { edges: equalWidths(0, 1, 20) })],
  ['3 of float64', quantiles(wide, { quantiles: [0.25, 0.5, 0.75] })],
  ['3 of float32 or int32', quantiles(narrow, { quantiles: [0.25, 0.5, 0.75] })],
  ['α = 0.01, sizes from 1e-6 to 1e9', quantileSketch(wide, { quantiles: [0.5] })],
  ['of float64', extremes(wide, { disclose: 'extremes' })],
  ['64 leaves, arity 2', hierarchicalHistogram(wide, { range: [0, 1], bins: 64 })],
  ['2 columns of float64', covariance([wide, wide])],
  ['2 columns of int32', covariance([whole, whole])],
  [
    '10 values by 10',
    mutualInformation([text, text], { values: [values.slice(0, 10), values.slice(0, 10)] }),
  ],
  ['100 known values', vocabulary(text, { values })],
  ['room for 1,000 values of 16 bytes', heavyHitters(text)],
  ['100 prefixes, texts of 16 bytes', trieHeavyHitters(text, { threshold: 20, share: 0.01 })],
  ['exact up to 100 values of 16 bytes', distinct(text)],
  ['clients, not rows', coverage(text)],
];

export function statisticsTable(): string {
  const rows = EXAMPLES.map(([of, { name, bytesPerClient, phases, error, discloses }]) =>
    [`\`${name}\``, of, phases, bytesPerClient.toLocaleString('en-US'), errorText(error), discloses].join(
      ' | ',
    ),
  );
  const header = 'statistic | of | round trips | bytes a client | error | the server sees';
  return [header, header.replace(/[^|]+/g, '---'), ...rows].map((row) => `| ${row} |`).join('\n');
}

function errorText(error: ErrorBound): string {
  switch (error.kind) {
    case 'exact':
      return 'none';
    case 'rounded':
      return 'rounded once';
    case 'relative':
      return `within ${100 * error.bound} %`;
    case 'estimate':
      return `none, else a standard error of ${(100 * error.standardError).toFixed(1)} %`;
  }
}
