// A comparison of kept runs as text: a letter for each run, and a column for each letter.
import { countOf, formatNumber } from '../output/numbers.js';
import { formatTable } from '../output/table.js';
import type { Comparison } from './compare-runs.js';

const HASH = /^[0-9a-f]{64}$/;
const HASH_DIGITS = 12;
/** One a letter. */
export const MOST_RUNS = 26;

export function formatComparison({ runs, differences, sameUpTo }: Comparison): string {
  const letters = runs.map((_, index) => String.fromCharCode('A'.charCodeAt(0) + index));
  const names = runs.map(({ directory, federation, rounds, asked, end }, index) => {
    const of = asked === null ? formatNumber(rounds) : `${formatNumber(rounds)} of ${formatNumber(asked)}`;
    return `${letters[index]}  ${directory}: ${federation}, ${of} rounds, ${end?.outcome ?? 'not ended'}`;
  });
  const metrics = [...new Set(runs.flatMap(({ finals }) => Object.keys(finals)))];
  const finals = metrics.map((name) => [name, ...runs.map(({ finals: own }) => cellOf(own[name] ?? null))]);
  const states = ['state', ...runs.map(({ stateHash }) => cellOf(stateHash))];
  return [
    ...names,
    '',
    ...(differences.length === 0
      ? ['they were told to be the same run']
      : [
          formatTable([
            ['differs', ...letters],
            ...differences.map(({ field, values }) => [field, ...values.map(cellOf)]),
          ]),
        ]),
    '',
    formatTable([['at the end', ...letters], ...finals, states]),
    '',
    sameUpTo === 0
      ? 'not all have the same state after the first round'
      : `all have the same states for ${countOf(sameUpTo, 'round')}`,
  ].join('\n');
}

function cellOf(value: unknown): string {
  if (value === null) return '–';
  if (typeof value === 'number') return formatNumber(value);
  if (typeof value !== 'string') return JSON.stringify(value);
  return HASH.test(value) ? value.slice(0, HASH_DIGITS) : value;
}
