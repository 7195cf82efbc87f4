// Drawings of the report of a pipeline: its graph, what its columns hold, and rates of groups with their intervals.
import type {
  AnomaliesFile,
  DatasetStatistics,
  EvaluationFile,
  FeatureStatistics,
  NodeResult,
  StatisticsBySplit,
} from '@starling/pipeline';
import { countOf, formatNumber } from '../output/numbers.js';
import { escapeHtml } from './html.js';

export const PIPELINE_STYLE = `
.graph { overflow-x: auto; margin-bottom: 12px; } .graph svg { min-width: 1180px; }
.node rect { fill: var(--card); stroke: var(--rule); stroke-width: 1.5; } .node text { fill: var(--ink); font-size: 13px; }
.node .state { fill: var(--quiet); font-size: 12px; }
.node.complete rect { stroke: var(--s2); } .node.cached rect { stroke: var(--s0); }
.node.refused rect, .node.failed rect { stroke: var(--limit); stroke-width: 2.5; } .node.skipped { opacity: 0.55; }
.edge { fill: none; stroke: var(--quiet); stroke-width: 1; opacity: 0.6; }
.intro { margin-bottom: 12px; }
.bar { fill: var(--s0); } .bar.other { fill: var(--s1); opacity: 0.75; }
.before { fill: none; stroke: var(--ink); stroke-width: 1.5; stroke-dasharray: 4 3; }
.figures { display: flex; flex-wrap: wrap; gap: 2px 18px; margin: 0 0 8px; font-size: 13px; color: var(--quiet); }
.figures b { font-weight: 500; color: var(--ink); font-variant-numeric: tabular-nums; } .figures .over { color: var(--limit); }
.wraps { white-space: normal !important; min-width: 220px; }
.rate { stroke: var(--s0); stroke-width: 2; } .rate-dot { fill: var(--s0); }
.runs td:last-child { white-space: normal; min-width: 200px; overflow-wrap: anywhere; }
`;

const [BOX, GAP, ROW] = [150, 34, 58];

/** Nodes in columns by how many steps they are from the data; an edge for each artifact that one takes of another. */
export function renderGraph(nodes: readonly NodeResult[]): string {
  const depth = new Map<string, number>();
  for (const { node, takes } of nodes)
    depth.set(node, Math.max(0, ...takes.map((one) => (depth.get(one) ?? 0) + 1)));
  const columns = new Map<number, string[]>();
  for (const { node } of nodes) {
    const at = depth.get(node) as number;
    columns.set(at, [...(columns.get(at) ?? []), node]);
  }
  const place = (node: string): readonly [number, number] => {
    const at = depth.get(node) as number;
    return [at * (BOX + GAP) + 2, (columns.get(at) as string[]).indexOf(node) * ROW + 26];
  };
  const width = columns.size * (BOX + GAP) - GAP + 4;
  const height = Math.max(...[...columns.values()].map((one) => one.length)) * ROW + 30;
  const edges = nodes.flatMap(({ node, takes }) =>
    takes.map((from) => {
      const [[x, y], [left, top]] = [place(from), place(node)];
      const isNear = (depth.get(node) as number) - (depth.get(from) as number) === 1;
      const lift = isNear ? 0 : -16;
      return `<path class="edge" d="M${x + BOX} ${y + 20} C${x + BOX + GAP} ${y + 20 + lift * 2} ${left - GAP} ${top + 20 + lift * 2} ${left} ${top + 20}"/>`;
    }),
  );
  const boxes = nodes.map(({ node, status }) => {
    const [x, y] = place(node);
    return `<g class="node ${status}"><rect x="${x}" y="${y}" width="${BOX}" height="40" rx="7"/><text x="${x + 10}" y="${y + 17}">${escapeHtml(node)}</text><text class="state" x="${x + 10}" y="${y + 33}">${status}</text></g>`;
  });
  return `<div class="graph"><svg viewBox="0 0 ${width} ${height}" role="img" aria-label="the graph of nodes">${edges.join('')}${boxes.join('')}</svg></div>`;
}

/** A card for each column: both splits, side by side, the span before, and distances against their limits. */
export function renderFeatures(
  { train, eval: held }: StatisticsBySplit,
  anomalies: AnomaliesFile | null,
  before: StatisticsBySplit | null,
): string {
  const cards = train.features.map((feature) => {
    const other = held.features.find(({ name }) => name === feature.name);
    const earlier = before?.train.features.find(({ name }) => name === feature.name);
    const distances = (anomalies?.distances ?? []).filter(
      (one) => one.feature === feature.name && one.split === 'train',
    );
    const told = distances.map(({ kind, name, value, limit }) => {
      const isOver = value === null || value > limit;
      return `<span class="${isOver ? 'over' : ''}">${kind}, ${name} <b>${value === null ? 'none' : formatNumber(value)}</b> of ${formatNumber(limit)}</span>`;
    });
    return `<figure class="chart"><figcaption>${escapeHtml(feature.name)}</figcaption><div class="figures">${figures(feature, train, earlier)}${told.join('')}</div>${bars(feature, other, earlier)}</figure>`;
  });
  const span = anomalies?.previousSpan ?? null;
  const compared =
    span === null
      ? 'There was no span before to compare with.'
      : `Drift is from span ${escapeHtml(span)}${before === null ? '' : ', whose rows to learn from are the dashed line'}.`;
  const note = `Rows to learn from, and in the second colour those to judge by. ${compared}`;
  return `<p class="intro">${note}</p><div class="charts">${cards.join('\n')}</div>`;
}

function figures(
  { numNonMissing, numMissing, numeric, text, clients, withheld }: FeatureStatistics,
  { numExamples }: DatasetStatistics,
  earlier: FeatureStatistics | undefined,
): string {
  const was = (value: number | null | undefined): string =>
    value == null ? '' : ` (before ${formatNumber(value)})`;
  const all: (readonly [string, string])[] = [['rows', formatNumber(numNonMissing)]];
  if (numMissing > 0)
    all.push(['missing', `${formatNumber((100 * numMissing) / Math.max(1, numExamples))} %`]);
  if (clients !== null) all.push(['clients', `${clients.withValues} of ${clients.withRows}`]);
  if (numeric?.mean != null)
    all.push(
      ['mean', `${formatNumber(numeric.mean)}${was(earlier?.numeric?.mean)}`],
      ['stddev', `${formatNumber(numeric.stdDev ?? 0)}${was(earlier?.numeric?.stdDev)}`],
    );
  if (text?.unique != null)
    all.push(['different', `${formatNumber(text.unique)}${was(earlier?.text?.unique)}`]);
  if (withheld !== undefined) all.push(['withheld', withheld]);
  return all.map(([name, value]) => `<span>${name} <b>${escapeHtml(value)}</b></span>`).join('');
}

const [WIDTH, HEIGHT, FOOT] = [460, 120, 20];
const TOP = 10;

/** Shares of both splits: of buckets, or of the most frequent texts. */
function bars(
  feature: FeatureStatistics,
  other: FeatureStatistics | undefined,
  earlier: FeatureStatistics | undefined,
): string {
  const labelled = feature.numeric === null ? textShares(feature, other) : numberShares(feature, other);
  if (labelled.length === 0) return '';
  const before = earlier === undefined ? [] : sharesBefore(feature, earlier, labelled);
  const most = Math.max(...labelled.flatMap(({ shares }) => shares), ...before, 1e-9);
  const step = WIDTH / labelled.length;
  const drawn = labelled.flatMap(({ label, shares }, at) =>
    shares.map((share, which) => {
      const height = (share / most) * (HEIGHT - FOOT - 4);
      const width = step / 2 - 1;
      const x = at * step + which * (step / 2) + 0.5;
      const title = `${label}: ${(100 * share).toFixed(1)} % ${which === 0 ? 'to learn from' : 'to judge by'}`;
      return `<rect class="bar${which === 1 ? ' other' : ''}" x="${x.toFixed(1)}" y="${(HEIGHT - FOOT - height).toFixed(1)}" width="${width.toFixed(1)}" height="${height.toFixed(1)}"><title>${escapeHtml(title)}</title></rect>`;
    }),
  );
  const line = before.map((share, at) => {
    const y = (HEIGHT - FOOT - (share / most) * (HEIGHT - FOOT - 4)).toFixed(1);
    const [from, to] = [at * step, (at + 1) * step].map((x) => x.toFixed(1));
    return `${at === 0 ? 'M' : 'L'}${from} ${y} L${to} ${y}`;
  });
  if (line.length > 0) drawn.push(`<path class="before" d="${line.join(' ')}"/>`);
  const tick = (x: number, anchor: string, text: string): string =>
    `<text class="tick" x="${x}" y="${HEIGHT - 5}" text-anchor="${anchor}">${escapeHtml(text)}</text>`;
  const ends = [tick(0, 'start', labelled[0]!.label), tick(WIDTH, 'end', labelled.at(-1)!.label)];
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="shares of rows"><line class="grid" x1="0" x2="${WIDTH}" y1="${HEIGHT - FOOT}" y2="${HEIGHT - FOOT}"/>${drawn.join('')}${ends.join('')}</svg>`;
}

interface Labelled {
  readonly label: string;
  readonly shares: readonly number[];
}

function numberShares(
  { numeric, numNonMissing }: FeatureStatistics,
  other: FeatureStatistics | undefined,
): readonly Labelled[] {
  const own = numeric?.histogram ?? null;
  if (own === null) return [];
  const second = other?.numeric?.histogram?.counts;
  return own.counts.map((rows, at) => ({
    label: formatNumber(own.edges[at] as number),
    shares: [rows / Math.max(1, numNonMissing), (second?.[at] ?? 0) / Math.max(1, other?.numNonMissing ?? 0)],
  }));
}

function textShares(
  { text, numNonMissing }: FeatureStatistics,
  other: FeatureStatistics | undefined,
): readonly Labelled[] {
  return (text?.values ?? []).slice(0, TOP).map(({ value, rows }) => ({
    label: String(value),
    shares: [
      rows / Math.max(1, numNonMissing),
      (other?.text?.values.find((one) => one.value === value)?.rows ?? 0) /
        Math.max(1, other?.numNonMissing ?? 0),
    ],
  }));
}

/**
 * What share each bar had in the span before: of texts by their value, of numbers by how much of the buckets of then
 * lies within a bucket of now, with rows spread evenly over each.
 */
function sharesBefore(
  { numeric }: FeatureStatistics,
  earlier: FeatureStatistics,
  labelled: readonly Labelled[],
): readonly number[] {
  const rows = Math.max(1, earlier.numNonMissing);
  if (numeric === null) {
    const known = new Map(earlier.text?.values.map(({ value, rows: count }) => [String(value), count]));
    return labelled.map(({ label }) => (known.get(label) ?? 0) / rows);
  }
  const [now, then] = [numeric.histogram, earlier.numeric?.histogram];
  if (now === null || then == null) return [];
  return labelled.map((_, at) => {
    const [low, high] = [now.edges[at], now.edges[at + 1]] as [number, number];
    const within = then.counts.map((count, bucket) => {
      const [from, to] = [then.edges[bucket], then.edges[bucket + 1]] as [number, number];
      return (count * Math.max(0, Math.min(high, to) - Math.max(low, from))) / (to - from);
    });
    return within.reduce((sum, count) => sum + count, 0) / rows;
  });
}

interface Measured {
  readonly rates: Readonly<Record<string, number | null>>;
}
interface Grouping {
  readonly groups: readonly {
    readonly group: string;
    readonly examples?: number;
    readonly withheld?: string;
  }[];
  readonly thresholds: readonly {
    readonly at: number;
    readonly overall: Measured;
    readonly groups: Readonly<Record<string, Measured>>;
    readonly uncertainty: {
      readonly covariances: Readonly<Record<string, readonly (readonly (number | null)[])[]>>;
    } | null;
  }[];
}

const RATES = ['accuracy', 'truePositiveRate', 'falsePositiveRate', 'selectionRate'] as const;

/** A row for each group: rates as dots, with bars of two standard errors to both sides. */
export function renderGroups({ candidate }: EvaluationFile): string {
  const by =
    (candidate as { readonly groups?: { readonly by: Readonly<Record<string, Grouping>> } }).groups?.by ?? {};
  const charts = Object.entries(by).flatMap(([name, grouping]) =>
    grouping.thresholds.flatMap((threshold) =>
      RATES.map((rate) => groupChart(name, grouping, threshold, rate)),
    ),
  );
  return `<div class="charts">${charts.join('\n')}</div>`;
}

function groupChart(
  name: string,
  grouping: Grouping,
  { at, overall, groups, uncertainty }: Grouping['thresholds'][number],
  rate: (typeof RATES)[number],
): string {
  const shown = grouping.groups.filter(({ withheld }) => withheld === undefined);
  const rows = [
    { group: 'overall', examples: undefined, measured: overall },
    ...shown.map(({ group, examples }) => ({ group, examples, measured: groups[group] as Measured })),
  ];
  const [left, right, line] = [120, 450, 24];
  const x = (share: number): number => left + Math.min(1, Math.max(0, share)) * (right - left);
  const drawn = rows.map(({ group, examples, measured }, place) => {
    const y = place * line + 16;
    const value = measured.rates[rate] ?? null;
    const variance = uncertainty?.covariances[rate]?.[place]?.[place] ?? null;
    const label = `<text class="tick" x="${left - 8}" y="${y + 4}" text-anchor="end">${escapeHtml(group)}</text>`;
    if (value === null) return `${label}<text class="tick" x="${left}" y="${y + 4}">none</text>`;
    const spread = variance === null ? 0 : 2 * Math.sqrt(variance);
    const title = `${group}: ${formatNumber(value)}${variance === null ? '' : ` ± ${formatNumber(spread)}`}${examples === undefined ? '' : `, ${countOf(examples, 'example')}`}`;
    return `${label}<g><title>${escapeHtml(title)}</title><line class="rate" x1="${x(value - spread).toFixed(1)}" x2="${x(value + spread).toFixed(1)}" y1="${y}" y2="${y}"/><circle class="rate-dot" cx="${x(value).toFixed(1)}" cy="${y}" r="4"/></g>`;
  });
  const height = rows.length * line + 26;
  const axis = [0, 0.5, 1].map(
    (share) =>
      `<line class="grid" x1="${x(share)}" x2="${x(share)}" y1="4" y2="${height - 20}"/><text class="tick" x="${x(share)}" y="${height - 5}" text-anchor="middle">${share}</text>`,
  );
  const withheld = grouping.groups.flatMap(({ group, withheld: why }) =>
    why === undefined ? [] : [`${group}: ${why}`],
  );
  const note =
    withheld.length === 0 ? '' : `<p class="note">Withheld: ${escapeHtml(withheld.join('; '))}</p>`;
  return `<figure class="chart"><figcaption>${escapeHtml(`${rate} by ${name} at ${at}`)}</figcaption><svg viewBox="0 0 460 ${height}" role="img" aria-label="${escapeHtml(`${rate} by ${name}`)}">${axis.join('')}${drawn.join('')}</svg>${note}</figure>`;
}
