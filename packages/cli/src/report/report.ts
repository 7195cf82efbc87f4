// The report of a run: one self-contained HTML page with the facts, a curve for each kind of metric, and a table. It
// loads nothing, so it can be kept, mailed and opened anywhere.

import type { RoundSummary, RunSummary } from '@starling/runtime/events';
import { formatDuration, formatNumber, namedNumbers, shownMetrics } from '../output/metrics.js';
import { renderChart } from './chart.js';
import { escapeHtml } from './html.js';
import { PAGE_SCRIPT } from './page-script.js';
import { PAGE_STYLE } from './page-style.js';
import { chartsOf } from './series.js';

/** Metrics among the facts at the top; all are in the curves and the table. */
const FACTS_SHOWN = 4;
/** Rows of the table; longer runs show evenly spaced rounds and the last. */
const TABLE_ROWS = 20;

/** The page as text; the rounds are in ascending order. */
export function renderReport(records: readonly RoundSummary[], summary: RunSummary): string {
  const { start } = summary;
  const charts = chartsOf(records);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(start.federation)} · Starling</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
<h1>${escapeHtml(start.federation)}</h1>
<p>${escapeHtml(start.description)}</p>
${renderFacts(records, summary)}
${charts.length > 0 ? `<h2>Curves</h2>\n<div class="charts">\n${charts.map(renderChart).join('\n')}\n</div>` : ''}
<h2>Rounds</h2>
<div class="table">${renderTable(records)}</div>
<script>${PAGE_SCRIPT}</script>
</body>
</html>
`;
}

function renderFacts(records: readonly RoundSummary[], summary: RunSummary): string {
  const { start } = summary;
  const accepted = records.reduce((sum, record) => sum + record.accepted, 0);
  const trainingMs = records.reduce((sum, { wallMs }) => sum + wallMs, 0);
  const last = shownMetrics(summary.metrics, start.headline, FACTS_SHOWN);
  const facts: readonly (readonly [string, string])[] = [
    ...last.map(([name, value]) => [name, formatNumber(value)] as const),
    ['rounds', `${summary.rounds}${summary.interrupted ? ` of ${start.rounds}, stopped` : ''}`],
    ['clients', formatNumber(start.population)],
    ['clients/s', trainingMs > 0 ? formatNumber((accepted * 1000) / trainingMs) : '–'],
    ['wall time', formatDuration(summary.wallMs)],
    ['runtime', start.workers === null ? start.runtime : `${start.runtime} × ${start.workers}`],
    ['seed', String(start.seed)],
  ];
  const settings = Object.entries(start.settings).map(
    ([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  const wide: readonly (readonly [string, string])[] = [
    ...(settings.length > 0 ? [['settings', settings.join('  ')] as const] : []),
    ['state hash (SHA-256)', summary.stateHash],
  ];
  const cells = [
    ...facts.map(
      ([name, value]) => `<div class="fact"><dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd></div>`,
    ),
    ...wide.map(
      ([name, value]) =>
        `<div class="fact wide"><dt>${escapeHtml(name)}</dt><dd><code>${escapeHtml(value)}</code></dd></div>`,
    ),
  ];
  return `<dl class="facts">${cells.join('\n')}</dl>`;
}

function renderTable(records: readonly RoundSummary[]): string {
  const stride = Math.max(1, Math.ceil(records.length / TABLE_ROWS));
  const rows = records.filter((_, index) => index % stride === 0 || index === records.length - 1);
  const names = [...new Set(rows.flatMap(({ metrics }) => namedNumbers(metrics).map(([name]) => name)))];
  const header = ['round', ...names, 'clients', 'wall'].map((name) => `<th>${escapeHtml(name)}</th>`);
  const body = rows.map(({ round, metrics, accepted, cohort, wallMs }) => {
    const values = new Map(namedNumbers(metrics));
    const cells = [
      String(round),
      ...names.map((name) => (values.has(name) ? formatNumber(values.get(name) as number) : '–')),
      cohort > 0 ? `${accepted}/${cohort}` : '–',
      formatDuration(wallMs),
    ];
    return `<tr>${cells.map((cell) => `<td>${escapeHtml(cell)}</td>`).join('')}</tr>`;
  });
  return `<table><thead><tr>${header.join('')}</tr></thead><tbody>${body.join('')}</tbody></table>`;
}
