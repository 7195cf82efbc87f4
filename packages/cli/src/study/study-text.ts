// A study as text: a table while it runs, plain lines where there is no terminal, and what it has found at its end.
import { stripVTControlCharacters } from 'node:util';
import { countOf, formatBytes, formatDuration, formatNumber } from '../output/numbers.js';
import { barLine } from '../output/progress-bar.js';
import { formatTable } from '../output/table.js';
import type { StudyPlan } from './conduct-study.js';
import { labelOf } from './grid.js';
import { headlineOf, type StudyProgress } from './study-progress.js';
import {
  changingMetrics,
  isDone,
  type Spread,
  type StudyCell,
  type StudyRun,
  spreadOf,
  type TargetReached,
} from './summary.js';
import { metricOf, type Target, targetText } from './target.js';

const BAR_CELLS = 24;
/** Lines of the study that the table shows: those at which something happens, first. */
const LINES_SHOWN = 16;
/** Columns of metrics at the end. */
const METRICS_SHOWN = 4;

/** Of equal numbers a deviation is what their mean was rounded by: at most a few of its last digits. */
const ROUNDING = 1e-12;

/** `0.9123 ± 0.0045`: the mean to the place of the second digit of the deviation. */
export function formatSpread({ mean, sd }: Spread): string {
  if (sd === null || sd <= Math.abs(mean) * ROUNDING || !Number.isFinite(sd)) return formatNumber(mean);
  const places = Math.max(0, Math.min(12, 1 - Math.floor(Math.log10(sd))));
  return `${mean.toFixed(places)} ± ${sd.toFixed(places)}`;
}

/** "mnist: 12 runs of 4 combinations, 2 at once". */
export function describeStudy({ federation, points, jobs }: StudyPlan): string {
  const lines = new Set(points.map(({ varied }) => JSON.stringify(varied))).size;
  return `${federation}: ${countOf(points.length, 'run')} of ${countOf(lines, 'combination')}, ${formatNumber(jobs)} at once`;
}

/** One line of a run that has ended. */
export function describeRun(run: StudyRun, ended: number, all: number): string {
  const counted = `${String(ended).padStart(String(all).length)}/${all}`;
  return [counted, `${labelOf(run.varied)} seed=${run.seed}`, ...outcomeOf(run)].join('  ');
}

function outcomeOf(run: StudyRun): readonly string[] {
  const rounds = run.record.filter((line) => line.type === 'round');
  if (run.outcome === 'failed')
    return [`failed after ${countOf(rounds.length, 'round')}: ${firstLine(run.reason)}`];
  if (run.outcome === 'stopped') return [`stopped after ${countOf(rounds.length, 'round')}`];
  const headline = headlineOf(run);
  const wallMs = rounds.reduce((sum, line) => sum + line.wallMs, 0);
  return [
    ...(headline === null ? [] : [`${headline[0]} ${formatNumber(headline[1])}`]),
    run.outcome === 'kept'
      ? `${countOf(rounds.length, 'round')} that were kept`
      : `${countOf(rounds.length, 'round')} in ${formatDuration(wallMs)}`,
  ];
}

function firstLine(text: string | null): string {
  return stripVTControlCharacters(text ?? '').split('\n')[0] ?? '';
}

/** The table of a terminal: a row for the runs that differ by their seed alone. */
export function progressTable(progress: StudyProgress, sinceMs: number): string {
  const { plan, ended, running, headline } = progress;
  if (plan === null) return '';
  const cells = new Map(plan.points.map(({ varied }) => [JSON.stringify(varied), varied]));
  const rows = [...cells].map(([key, varied]) => {
    const isHere = (run: { readonly varied: object }): boolean => JSON.stringify(run.varied) === key;
    const all = plan.points.filter(isHere).length;
    const here = ended.filter(isHere);
    const done = here.filter(isDone).length;
    const failed = here.filter(({ outcome }) => outcome === 'failed').length;
    const now = running.filter(({ point }) => isHere(point));
    const values = progress.finalsOf(varied).filter(Number.isFinite);
    const rounds = now.map((run) => `${run.done}/${run.rounds ?? '?'}`).join(' ');
    return {
      rank: now.length > 0 ? 0 : here.length === all ? 2 : 1,
      cells: [
        labelOf(varied),
        `${done}/${all}${failed > 0 ? ` ${failed} failed` : ''}`,
        rounds,
        values.length === 0 ? '' : formatSpread(spreadOf(values)),
      ],
    };
  });
  const shown = new Set([...rows].sort((one, other) => one.rank - other.rank).slice(0, LINES_SHOWN));
  const header = ['settings', 'runs', 'rounds', headline ?? ''];
  const left = rows.length - shown.size;
  return [
    formatTable([header, ...rows.filter((row) => shown.has(row)).map((row) => row.cells)]),
    ...(left > 0 ? [`and ${countOf(left, 'combination')} more`] : []),
    totalLine(progress, sinceMs),
  ].join('\n');
}

function totalLine(progress: StudyProgress, sinceMs: number): string {
  const all = progress.plan?.points.length ?? 0;
  const failed = progress.ended.filter(({ outcome }) => outcome === 'failed').length;
  const left = progress.leftMs(sinceMs);
  return [
    `${barLine(progress.ended.length, all, BAR_CELLS)}  ${progress.ended.length}/${countOf(all, 'run')}`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(left === null ? [] : [`about ${formatDuration(left)} left`]),
  ].join('  ');
}

/** What the study has found: a table of finals, and how far it was to the target. */
export function formatCells(
  cells: readonly StudyCell[],
  headline: string | null,
  target: Target | null,
): string {
  const names = changingMetrics(cells, headline);
  const metrics = names.slice(0, METRICS_SHOWN);
  const header = ['settings', 'runs', ...metrics, ...(target === null ? [] : targetHeader(target, cells))];
  const rows = cells.map(({ varied, runs, done, finals, target: reached }) => [
    labelOf(varied),
    done === runs.length ? String(done) : `${done} of ${runs.length}`,
    ...metrics.map((name) => finalText(finals.get(name), done)),
    ...(reached === null ? [] : targetCells(reached, done)),
  ]);
  return formatTable([header, ...rows]);
}

export function targetHeader(target: Target, cells: readonly StudyCell[]): readonly string[] {
  const names = [...new Set(cells.flatMap(({ curves }) => [...curves.keys()]))];
  const name = names.length === 0 ? target.metric : metricOf(target, names);
  return [`rounds to ${targetText(target, name)}`, 'bytes to it'];
}

export function targetCells({ runs, rounds, bytes }: TargetReached, done: number): readonly string[] {
  if (rounds === null) return ['never', '–'];
  const size = bytes === null ? '–' : formatBytes(Math.round(bytes.mean));
  return [`${formatSpread(rounds)}${ofRuns(runs, done)}`, size];
}

/** A final; where some runs have none that is finite, it says how many have. */
export function finalText(spread: Spread | undefined, done: number): string {
  if (spread === undefined) return done === 0 ? '–' : 'not finite';
  return `${formatSpread(spread)}${ofRuns(spread.count, done)}`;
}

function ofRuns(some: number, all: number): string {
  return some === all ? '' : ` (${some} of ${all})`;
}

/** Runs that failed, with the reason and the folder. */
export function formatFailures(runs: readonly StudyRun[]): readonly string[] {
  return runs
    .filter(({ outcome }) => outcome === 'failed')
    .flatMap(({ directory, reason }) => [
      `failed: ${directory}`,
      ...(reason ?? '').split('\n').map((line) => `  ${line}`),
    ]);
}
