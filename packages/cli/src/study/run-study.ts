// A study: a federation with settings that are varied, every combination of them a run, and one report of all. The
// command line and a study in a file both run it here.
import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '../errors/usage-error.js';
import { federationOf, loadFile } from '../federation/load.js';
import { readSettings } from '../federation/settings.js';
import { conductStudy, type StudyObserver, type StudyPlan } from './conduct-study.js';
import { type Axes, pointsOf } from './grid.js';
import { renderStudy } from './study-report.js';
import { roundsCsv } from './study-tables.js';
import { cellsOf, curvesOf, isDone, runLineOf, type StudyCell, type StudyRun } from './summary.js';
import { metricOf, type Target } from './target.js';

const REPORT = 'report.html';
const ROUNDS = 'rounds.csv';

export interface StudySettings {
  /** A name, or the path of a file. */
  readonly federation: string;
  /** Of all runs, as `--set` takes them. */
  readonly settings: Readonly<Record<string, string>>;
  readonly axes: Axes;
  readonly seed: number;
  /** `null` for as many as the federation says. */
  readonly rounds: number | null;
  readonly directory: string;
  /** Runs at once; `null` for one a core. */
  readonly jobs: number | null;
  /** Of each run; `null` for its share of the cores, `none` where the runtime has none. */
  readonly workers: number | 'none' | null;
  readonly target: Target | null;
  /** Further parameters of `starling simulate`. */
  readonly parameters: readonly string[];
}

export interface StudyResult {
  readonly cells: readonly StudyCell[];
  readonly runs: readonly StudyRun[];
  /** By its dotted name; `null` if no run has one. */
  readonly headline: string | null;
  /** Path of the report. */
  readonly report: string;
  /** Whether it was stopped before all runs had ended. */
  readonly interrupted: boolean;
}

/**
 * Runs what is not done yet, and writes the report. Throws a `UsageError`, before anything runs, for a setting that
 * the federation does not take, and, once a run is done, for a target that it does not report.
 */
export async function runStudyOf(
  options: StudySettings,
  observer: StudyObserver,
  signal: AbortSignal,
): Promise<StudyResult> {
  const { directory, target } = options;
  const began = performance.now();
  const plan = await planOf(options);
  await mkdir(directory, { recursive: true });
  const runs = await conductStudy(plan, { ...observer, runEnded: checked(observer, target) }, signal);
  const cells = cellsOf(runs, target);
  const report = join(directory, REPORT);
  await writeFile(report, renderStudy({ cells, runs, target, wallMs: performance.now() - began }));
  await writeFile(join(directory, ROUNDS), roundsCsv(runs));
  return {
    cells,
    runs,
    headline: runs.map(({ record }) => runLineOf(record)?.headline).find(Boolean) ?? null,
    report,
    interrupted: runs.some(({ outcome }) => outcome === 'stopped'),
  };
}

async function planOf(options: StudySettings): Promise<StudyPlan> {
  const { federation, settings, axes, directory } = options;
  const { name, options: schema } = await federationOf(await loadFile(federation));
  for (const axis of axes.keys()) {
    if (Object.hasOwn(settings, axis)) {
      throw new UsageError(`Cannot sweep ${axis}: need it in --sweep or in --set, got both`);
    }
    if ((axis === 'seed' || axis === 'rounds') && axis in schema.shape) {
      throw new UsageError(
        `Cannot sweep ${axis}: it is of the run, and ${name} has a setting of that name; name the setting otherwise`,
      );
    }
  }
  const points = pointsOf(axes, options);
  for (const point of points) await readSettings(schema, { ...settings, ...point.settings }, name);
  const cores = availableParallelism();
  const jobs = Math.min(options.jobs ?? cores, points.length);
  const workers = options.workers ?? Math.max(1, Math.floor(cores / jobs));
  const parameters = [...options.parameters, ...(workers === 'none' ? [] : ['--workers', String(workers)])];
  return { federation, settings, points, directory, jobs, parameters };
}

/** With a target, every run that is done must report its metric: the first that does not ends the study. */
function checked(observer: StudyObserver, target: Target | null): (run: StudyRun) => void {
  return (run) => {
    observer.runEnded?.(run);
    const names = isDone(run) ? [...curvesOf(run.record).keys()] : [];
    if (target !== null && names.length > 0) metricOf(target, names);
  };
}
