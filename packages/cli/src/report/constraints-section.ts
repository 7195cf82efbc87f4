// The part of a report on constraints: how the last check came out, and each figure over the rounds against its limit.
import type { ConstraintOutcome } from '@starling/runtime/events';
import { formatNumber } from '../output/numbers.js';
import { renderChart } from './chart.js';
import { escapeHtml } from './html.js';
import type { ReportedRound, ReportedRun } from './reported-run.js';

/** As HTML; empty for a run without constraints. */
export function renderConstraints({ run, rounds, end }: ReportedRun): string {
  const asked = run.constraints;
  if (asked === undefined) return '';
  const checks = rounds.flatMap((line) => {
    const results = resultsOf(line);
    return results.length === 0 ? [] : [{ round: line.round, results }];
  });
  const last = checks.at(-1);
  if (last === undefined) {
    return '<h2>Constraints</h2>\n<p class="failure">The constraints were never checked.</p>\n';
  }
  const rows = last.results.map((result) => {
    const { constraint, outcome, passes, reason } = result;
    const word = outcome === 'undecided' && passes ? 'undecided, allowed' : outcome;
    return `<tr><td class="outcome ${outcome}">${word}</td><td>${escapeHtml(constraint)}</td><td>${valueText(result)}</td><td>${escapeHtml(reason)}</td></tr>`;
  });
  const header = ['outcome', 'constraint', 'value', 'reason'].map((name) => `<th>${name}</th>`).join('');
  const charts = last.results.flatMap(({ constraint }, index) => chartOf(constraint, index, checks));
  const isLast = end !== null && last.round === end.rounds;
  const when = isLast ? 'after the last round' : `after round ${last.round}`;
  return `<h2>Constraints ${when}</h2>
<div class="table constraints"><table><thead><tr>${header}</tr></thead><tbody>${rows.join('')}</tbody></table></div>
${charts.length === 0 ? '' : `<div class="charts">\n${charts.join('\n')}\n</div>\n`}`;
}

interface Check {
  readonly round: number;
  readonly results: readonly ConstraintOutcome[];
}

function resultsOf(line: ReportedRound): readonly ConstraintOutcome[] {
  return line.type === 'round' ? (line.constraints ?? []) : [];
}

function chartOf(constraint: string, index: number, checks: readonly Check[]): readonly string[] {
  const found = checks.flatMap(({ round, results }) => {
    const result = results[index];
    return result === undefined || result.constraint !== constraint || result.value === null
      ? []
      : [{ round, ...result, value: result.value }];
  });
  const limit = found.at(-1)?.limit ?? null;
  if (found.length < 2 || limit === null) return [];
  const band = found.flatMap(({ round, low, high }) =>
    low === null || high === null ? [] : [[round, low, high] as const],
  );
  const points = found.map(({ round, value }) => [round, value] as const);
  return [
    renderChart({
      title: constraint,
      series: [{ name: 'value', points, ...(band.length === points.length && { band }) }],
      limits: [{ value: limit, text: `limit ${formatNumber(limit)}` }],
    }),
  ];
}

function valueText({ value, low, high }: ConstraintOutcome): string {
  if (value === null) return '–';
  const range = low === null || high === null ? '' : ` (${formatNumber(low)} to ${formatNumber(high)})`;
  return `${formatNumber(value)}${range}`;
}
