// An analysis as one self-contained HTML page: a card for each column, with its figures and its histogram or its most
// frequent values. It loads nothing.
import { type ColumnSummary, isWithheld, type NumberSummary, type TextSummary } from '@starling/analytics';
import { countOf, formatBytes, formatDuration, formatNumber } from '../output/numbers.js';
import type { TableAnalysis } from '../output/table-analysis.js';
import { escapeHtml } from './html.js';
import { PAGE_STYLE } from './page-style.js';

/** Of the drawing, in its own units. */
const [WIDTH, HEIGHT, FOOT] = [460, 130, 22];
const TOP = 8;

const STYLE = `
.column figcaption { margin-bottom: 2px; }
.column .type { font-weight: 400; font-size: 13px; color: var(--quiet); }
.figures { display: flex; flex-wrap: wrap; gap: 2px 18px; margin: 0 0 8px; font-size: 13px; color: var(--quiet); }
.figures b { font-weight: 500; color: var(--ink); font-variant-numeric: tabular-nums; }
.bar { fill: var(--s0); } .bar:hover { fill: var(--s1); }
.values { width: 100%; table-layout: fixed; font-size: 13px; }
.values td { padding: 3px 8px 3px 0; text-align: left; border: 0; overflow: hidden; text-overflow: ellipsis; }
.values td:nth-child(1) { width: 26%; }
.values td:nth-child(3) { width: 150px; text-align: right; color: var(--quiet); font-variant-numeric: tabular-nums; }
.share { display: block; height: 10px; border-radius: 2px; background: var(--s0); }
.note { font-size: 13px; color: var(--s1); margin: 4px 0; }
`;

export function renderAnalysis(analysis: TableAnalysis): string {
  const { name, columns } = analysis;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(name)} · Starling</title>
<style>${PAGE_STYLE}${STYLE}</style>
</head>
<body>
<h1>${escapeHtml(name)}</h1>
<p>What a table holds whose rows stay with their owners. The server saw sums over clients.</p>
${renderFacts(analysis)}
<h2>Columns</h2>
<div class="charts">
${columns.map(renderColumn).join('\n')}
</div>
</body>
</html>
`;
}

function renderFacts({
  rows,
  clients,
  columns,
  phases,
  bytesPerClient,
  minClients,
  wallMs,
}: TableAnalysis): string {
  const facts: readonly (readonly [string, string])[] = [
    ['rows', rows === null ? 'withheld' : formatNumber(rows)],
    ['clients', formatNumber(clients)],
    ['columns', formatNumber(columns.length)],
    ['round trips', formatNumber(phases)],
    ['from each client', formatBytes(bytesPerClient)],
    ['withheld below', minClients === 0 ? 'nothing' : countOf(minClients, 'client')],
    ['wall time', formatDuration(wallMs)],
  ];
  const cells = facts.map(
    ([term, value]) => `<div class="fact"><dt>${term}</dt><dd>${escapeHtml(value)}</dd></div>`,
  );
  return `<dl class="facts">${cells.join('')}</dl>`;
}

function renderColumn(one: ColumnSummary): string {
  const type = one.column.kind === 'text' ? 'text' : one.column.format;
  const body = isWithheld(one.counts)
    ? `<p class="note">Withheld: ${escapeHtml(one.counts.withheld)}.</p>`
    : `${figures(one)}${one.kind === 'number' ? renderHistogram(one) : renderValues(one)}`;
  return `<figure class="chart column"><figcaption>${escapeHtml(one.name)} <span class="type">${type}</span></figcaption>${body}</figure>`;
}

function figures(one: ColumnSummary): string {
  const { counts, coverage, distinct } = one;
  if (isWithheld(counts)) return '';
  const shown: [string, string][] = [];
  const add = (term: string, value: number | null | undefined): void => {
    if (value !== null && value !== undefined) shown.push([term, formatNumber(value)]);
  };
  add('rows', counts.rows - counts.missing);
  if (counts.missing > 0) add('missing', counts.missing);
  if (counts.nan > 0) add('NaN', counts.nan);
  if (!isWithheld(distinct))
    shown.push(['distinct', `${distinct.isExact ? '' : '~'}${formatNumber(Math.round(distinct.distinct))}`]);
  if (one.kind === 'number') {
    if (!isWithheld(one.moments)) {
      add('mean', one.moments.mean);
      add('stddev', one.moments.stddev);
    }
    if (!isWithheld(one.quantiles)) {
      for (const { quantile, value } of one.quantiles.quantiles)
        add(quantile === 0.5 ? 'median' : `${100 * quantile} %`, value);
    }
    if (one.extremes !== null && !isWithheld(one.extremes)) {
      add('min', one.extremes.min);
      add('max', one.extremes.max);
    }
  }
  if (!isWithheld(coverage) && coverage.missingMost > 0) {
    shown.push(['missing in most rows of', countOf(coverage.missingMost, 'client')]);
  }
  return `<div class="figures">${shown.map(([term, value]) => `<span>${term} <b>${escapeHtml(value)}</b></span>`).join('')}</div>`;
}

function renderHistogram({ histogram }: NumberSummary): string {
  if (histogram === null || isWithheld(histogram)) return '';
  const { counts, edges, below, above } = histogram;
  const most = Math.max(1, ...counts);
  const width = WIDTH / counts.length;
  const bars = counts.map((rows, at) => {
    const height = (rows / most) * (HEIGHT - FOOT - 4);
    const title = `${formatNumber(edges[at] as number)} to ${formatNumber(edges[at + 1] as number)}: ${countOf(rows, 'row')}`;
    return `<rect class="bar" x="${(at * width + 1).toFixed(1)}" y="${(HEIGHT - FOOT - height).toFixed(1)}" width="${(width - 2).toFixed(1)}" height="${height.toFixed(1)}"><title>${escapeHtml(title)}</title></rect>`;
  });
  const tick = (x: number, anchor: string, text: string): string =>
    `<text class="tick" x="${x}" y="${HEIGHT - 6}" text-anchor="${anchor}">${escapeHtml(text)}</text>`;
  const rest = below + above === 0 ? '' : `${countOf(below + above, 'row')} outside`;
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="histogram">
<line class="grid" x1="0" x2="${WIDTH}" y1="${HEIGHT - FOOT}" y2="${HEIGHT - FOOT}"/>${bars.join('')}
${tick(0, 'start', formatNumber(edges[0] as number))}${tick(WIDTH / 2, 'middle', rest)}${tick(WIDTH, 'end', formatNumber(edges.at(-1) as number))}</svg>`;
}

function renderValues({ values, counts }: TextSummary): string {
  if (isWithheld(values) || isWithheld(counts)) return '';
  const present = Math.max(1, counts.rows - counts.missing);
  const shown = values.values.slice(0, TOP);
  const most = Math.max(1, ...shown.map(({ rows }) => rows));
  const rest = present - shown.reduce((sum, { rows }) => sum + rows, 0);
  const row = (label: string, rows: number, bar: number): string =>
    `<tr><td>${label}</td><td><span class="share" style="width:${((100 * bar) / most).toFixed(1)}%"></span></td><td>${formatNumber(rows)} · ${((100 * rows) / present).toFixed(1)} %</td></tr>`;
  const rows = shown.map(({ value, rows: count }) =>
    row(escapeHtml(value === '' ? '(empty)' : String(value)), count, count),
  );
  if (rest > 0) rows.push(row('<i>all others</i>', rest, 0));
  const withheld =
    values.withheldValues > 0
      ? `<p class="note">${countOf(values.withheldValues, 'value')} withheld, of too few clients.</p>`
      : '';
  const undecoded =
    values.notDecodedRows > 0
      ? '<p class="note">Too many different values to tell which are frequent.</p>'
      : '';
  return `<table class="values">${rows.join('')}</table>${withheld}${undecoded}`;
}
