// One line chart as SVG text: thin lines, a quiet grid, a legend where there is more than one series. Colours are
// classes, so that the page's style decides them for light and dark.
import { formatNumber } from '../output/numbers.js';
import { escapeHtml, scriptJson } from './html.js';
import { type Axis, linearScale, niceAxis } from './scale.js';
import type { ChartData, Series } from './series.js';

const WIDTH = 560;
const HEIGHT = 260;
const MARGIN = { top: 12, right: 16, bottom: 34, left: 58 } as const;
const X_TICKS = 6;
const Y_TICKS = 4;
/** Lines of more points hide their dots. */
const DOTS_UP_TO = 30;
/** Distinguishable series of the palette; further ones repeat it, dashed. */
const COLOURS = 6;

/** The chart as a `<figure>`; its points stand in `data-series` for the tooltip script. */
export function renderChart({ title, series, limits = [] }: ChartData): string {
  const all = series.flatMap(({ points }) => points);
  const rounds = all.map(([round]) => round);
  const bands = series.flatMap(({ band = [] }) => band.flatMap(([, low, high]) => [low, high]));
  const values = [...all.map(([, value]) => value), ...bands, ...limits.map(({ value }) => value)];
  const xAxis = roundAxis(Math.min(...rounds), Math.max(...rounds));
  const yAxis = niceAxis(Math.min(...values), Math.max(...values), Y_TICKS);
  const x = linearScale(xAxis, MARGIN.left, WIDTH - MARGIN.right);
  const y = linearScale(yAxis, HEIGHT - MARGIN.bottom, MARGIN.top);
  const shades = series.map((one, index) => renderBand(one, index, x, y)).join('');
  const lines = series.map((one, index) => renderSeries(one, index, x, y)).join('');
  const edges = limits.map(({ value, text }) => renderLimit(y(value), text)).join('');
  const told = [...series.map(describeSeries), ...limits.map(({ text }) => text)];
  const label = `${title} by round: ${told.join('; ')}`;
  return [
    '<figure class="chart">',
    `<figcaption>${escapeHtml(title)}${series.length > 1 ? renderLegend(series) : ''}</figcaption>`,
    `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeHtml(label)}">`,
    renderGrid(xAxis, yAxis, x, y),
    shades,
    edges,
    lines,
    `<line class="cursor" x1="0" x2="0" y1="${MARGIN.top}" y2="${HEIGHT - MARGIN.bottom}" hidden />`,
    '</svg>',
    '<div class="tooltip" hidden></div>',
    `<script type="application/json">${chartJson(series, xAxis)}</script>`,
    '</figure>',
  ].join('\n');
}

/** Whole rounds at both ends and on the ticks between. */
function roundAxis(first: number, last: number): Axis {
  if (first === last) return { low: first - 1, high: last + 1, ticks: [first] };
  const ticks = niceAxis(first, last, X_TICKS).ticks.filter(
    (tick) => Number.isInteger(tick) && tick >= first && tick <= last,
  );
  return { low: first, high: last, ticks };
}

function renderGrid(
  xAxis: Axis,
  yAxis: Axis,
  x: (value: number) => number,
  y: (value: number) => number,
): string {
  const right = WIDTH - MARGIN.right;
  const bottom = HEIGHT - MARGIN.bottom;
  const rows = yAxis.ticks.map((tick) => {
    const at = y(tick).toFixed(1);
    return `<line class="grid" x1="${MARGIN.left}" x2="${right}" y1="${at}" y2="${at}" /><text class="tick" x="${MARGIN.left - 8}" y="${at}" dy="0.32em" text-anchor="end">${formatNumber(tick)}</text>`;
  });
  const columns = xAxis.ticks.map(
    (tick) =>
      `<text class="tick" x="${x(tick).toFixed(1)}" y="${bottom + 16}" text-anchor="middle">${tick}</text>`,
  );
  const name = `<text class="tick" x="${right}" y="${HEIGHT - 3}" text-anchor="end">round</text>`;
  return [...rows, ...columns, name].join('');
}

function renderSeries(
  { points }: Series,
  index: number,
  x: (value: number) => number,
  y: (value: number) => number,
): string {
  const places = points.map(([round, value]) => [x(round).toFixed(1), y(value).toFixed(1)] as const);
  const classes = classesOf(index);
  const path = `<path class="line ${classes}" d="M${places.map((place) => place.join(',')).join('L')}" />`;
  const shown = points.length <= DOTS_UP_TO ? places : [];
  const dots = shown.map(([cx, cy]) => `<circle class="dot ${classes}" cx="${cx}" cy="${cy}" r="2.5" />`);
  return path + dots.join('');
}

/** One area: along the lows, and back along the highs. */
function renderBand(
  { band = [] }: Series,
  index: number,
  x: (value: number) => number,
  y: (value: number) => number,
): string {
  if (band.length === 0) return '';
  const place = (round: number, value: number): string => `${x(round).toFixed(1)},${y(value).toFixed(1)}`;
  const lows = band.map(([round, low]) => place(round, low));
  const highs = band.map(([round, , high]) => place(round, high));
  return `<path class="band ${classesOf(index)}" d="M${[...lows, ...highs.reverse()].join('L')}Z" />`;
}

/** Its words stand above the line at its right end, or below it at the top of the chart. */
function renderLimit(y: number, text: string): string {
  const at = y.toFixed(1);
  const right = WIDTH - MARGIN.right;
  const words = (y < MARGIN.top + 16 ? y + 14 : y - 5).toFixed(1);
  return `<line class="limit" x1="${MARGIN.left}" x2="${right}" y1="${at}" y2="${at}" /><text class="tick limit-text" x="${right}" y="${words}" text-anchor="end">${escapeHtml(text)}</text>`;
}

function classesOf(index: number): string {
  return `series-${index % COLOURS}${index >= COLOURS ? ' dashed' : ''}`;
}

function renderLegend(series: readonly Series[]): string {
  const entries = series.map(
    ({ name }, index) =>
      `<span class="key"><i class="swatch ${classesOf(index)}"></i>${escapeHtml(name)}</span>`,
  );
  return `<span class="legend">${entries.join('')}</span>`;
}

function describeSeries({ name, points }: Series): string {
  const first = points[0]?.[1] ?? 0;
  const last = points.at(-1)?.[1] ?? 0;
  return `${name} from ${formatNumber(first)} to ${formatNumber(last)}`;
}

/** What the tooltip script needs: the plot's edges, the rounds at them, and every point with its text. */
function chartJson(series: readonly Series[], xAxis: Axis): string {
  const data = {
    left: MARGIN.left,
    right: WIDTH - MARGIN.right,
    width: WIDTH,
    low: xAxis.low,
    high: xAxis.high,
    series: series.map(({ name, points, band }) => ({
      name,
      points: points.map(([round, value], index) => [
        round,
        `${formatNumber(value)}${spreadText(band?.[index])}`,
      ]),
    })),
  };
  return scriptJson(data);
}

function spreadText(around: readonly [round: number, low: number, high: number] | undefined): string {
  if (around === undefined) return '';
  const [, low, high] = around;
  return ` (${formatNumber(low)} to ${formatNumber(high)})`;
}
