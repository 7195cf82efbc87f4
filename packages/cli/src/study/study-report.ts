// The report of a study: one self-contained page with a curve and a band for the runs that differ by their seed alone,
// a table of finals, of the way to the target, and of all runs.
import type { RunLine } from '@starling/runtime/record';
import { formatDuration, formatNumber } from '../output/numbers.js';
import { renderChart } from '../report/chart.js';
import { escapeHtml } from '../report/html.js';
import { renderFactList, renderPage, renderTable } from '../report/page.js';
import type { ChartData, Series } from '../report/series.js';
import { labelOf } from './grid.js';
import { headlineOf } from './study-progress.js';
import { finalText, formatSpread, targetCells, targetHeader } from './study-text.js';
import { changingMetrics, isDone, runLineOf, type StudyCell, type StudyRun } from './summary.js';
import type { Target } from './target.js';

/** Curves of a chart that can still be told apart. */
const CURVES_SHOWN = 12;

export interface ReportedStudy {
  readonly cells: readonly StudyCell[];
  readonly runs: readonly StudyRun[];
  readonly target: Target | null;
  readonly wallMs: number;
}

export function renderStudy({ cells, runs, target, wallMs }: ReportedStudy): string {
  const line = runs.map(({ record }) => runLineOf(record)).find((each) => each !== undefined);
  const names = changingMetrics(cells, line?.headline ?? null);
  const charts = names.flatMap((name) => chartOf(name, cells));
  const title = line?.federation ?? 'study';
  const many =
    cells.length > CURVES_SHOWN
      ? ` Of ${cells.length} combinations, the first ${CURVES_SHOWN} are drawn.`
      : '';
  const note = `<p class="note">Means over the seeds of each combination; bands are one standard deviation to each side.${many}</p>`;
  return renderPage(
    `${title}: study`,
    [
      `<h1>${escapeHtml(title)}</h1>`,
      `<p>${escapeHtml(line?.description ?? '')}</p>`,
      renderFacts(cells, runs, line, wallMs),
      '<h2>Finals</h2>',
      `<div class="table cells">${renderCells(cells, names, target)}</div>`,
      '<p class="note">Mean ± standard deviation over seeds, of the runs that are done.</p>',
      ...(charts.length === 0
        ? []
        : ['<h2>Curves</h2>', `<div class="charts">\n${charts.map(renderChart).join('\n')}\n</div>`, note]),
      '<h2>Runs</h2>',
      renderRuns(runs),
    ].join('\n'),
  );
}

function renderFacts(
  cells: readonly StudyCell[],
  runs: readonly StudyRun[],
  line: RunLine | undefined,
  wallMs: number,
): string {
  const count = (wanted: StudyRun['outcome']): number =>
    runs.filter(({ outcome }) => outcome === wanted).length;
  const varied = new Set(cells.flatMap((cell) => Object.keys(cell.varied)));
  const settings = Object.entries(line?.settings ?? {})
    .filter(([name]) => !varied.has(name))
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  const axes = [...varied, ...(new Set(runs.map(({ seed }) => seed)).size > 1 ? ['seed'] : [])];
  return renderFactList(
    [
      ['runs that are done', `${runs.filter(isDone).length} of ${runs.length}`],
      ...(count('failed') > 0 ? [['failed', formatNumber(count('failed'))] as const] : []),
      ...(count('stopped') > 0 ? [['stopped', formatNumber(count('stopped'))] as const] : []),
      ['combinations', formatNumber(cells.length)],
      ['wall time', formatDuration(wallMs)],
    ],
    [
      ...(axes.length > 0 ? [['varied', axes.join('  ')] as const] : []),
      ...(settings.length > 0 ? [['settings of all runs', settings.join('  ')] as const] : []),
      ...(line === undefined
        ? []
        : [
            [
              'versions',
              `starling ${line.versions.starling}  node ${line.versions.node}  ${line.versions.engine}`,
            ] as const,
          ]),
    ],
  );
}

/** A column for each setting that is varied, the headline, the way to the target, and then all else. */
function renderCells(cells: readonly StudyCell[], names: readonly string[], target: Target | null): string {
  const axes = [...new Set(cells.flatMap(({ varied }) => Object.keys(varied)))];
  const [headline, others] = [names.slice(0, 1), names.slice(1)];
  const header = [
    ...axes,
    'runs',
    ...headline,
    ...(target === null ? [] : targetHeader(target, cells)),
    ...others,
    'rounds',
  ];
  const rows = cells.map(({ varied, runs, done, finals, rounds, target: reached }) => {
    const final = (name: string): string => finalText(finals.get(name), done);
    return [
      ...axes.map((axis) => varied[axis] ?? ''),
      done === runs.length ? formatNumber(done) : `${done} of ${runs.length}`,
      ...headline.map(final),
      ...(reached === null ? [] : targetCells(reached, done)),
      ...others.map(final),
      rounds === null ? '–' : formatSpread(rounds),
    ];
  });
  return renderTable(header, rows);
}

/** None for a metric that never changes. */
function chartOf(name: string, cells: readonly StudyCell[]): readonly ChartData[] {
  const series = cells.slice(0, CURVES_SHOWN).flatMap(({ varied, curves }): Series[] => {
    const points = curves.get(name) ?? [];
    if (points.length === 0) return [];
    const hasBand = points.every(({ sd }) => sd !== null);
    return [
      {
        name: labelOf(varied),
        points: points.map(({ round, mean }) => [round, mean]),
        ...(hasBand && {
          band: points.map(({ round, mean, sd }) => [round, mean - sd!, mean + sd!] as const),
        }),
      },
    ];
  });
  const values = series.flatMap(({ points }) => points.map(([, value]) => value));
  return values.every((value) => value === values[0]) ? [] : [{ title: name, series }];
}

function renderRuns(runs: readonly StudyRun[]): string {
  const header = ['run', 'outcome', 'rounds', 'headline', 'time', 'state', 'reason'];
  const rows = runs.map((run) => {
    const rounds = run.record.filter((line) => line.type === 'round');
    const headline = headlineOf(run);
    const last = run.record.at(-1);
    return [
      run.name,
      run.outcome,
      formatNumber(rounds.length),
      headline === null ? '–' : `${headline[0]} ${formatNumber(headline[1])}`,
      formatDuration(rounds.reduce((sum, { wallMs }) => sum + wallMs, 0)),
      last?.type === 'done' ? last.stateHash.slice(0, 12) : '–',
      run.reason ?? '',
    ];
  });
  const hasReason = runs.some(({ reason }) => reason !== null);
  const columns = header.length - (hasReason ? 0 : 1);
  const table = renderTable(
    header.slice(0, columns),
    rows.map((row) => row.slice(0, columns)),
  );
  return `<div class="table runs${hasReason ? ' reasons' : ''}">${table}</div>`;
}
