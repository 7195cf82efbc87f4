// What a study has found: for each line of it (the runs that differ by their seed alone) the finals, the curves, and
// how far it was to the target, each as a mean with its spread.
import type { RecordLine } from '@starling/runtime/events';
import { shownFields } from '@starling/runtime/events';
import type { RunLine } from '@starling/runtime/record';
import { namedNumbers } from '../output/metrics.js';
import type { StudyPoint } from './grid.js';
import { isReached, metricOf, type Target } from './target.js';

/**
 * `done`: all its rounds, or as many as it needed; `kept`: so before this start; `stopped`: from outside, or not begun.
 */
export type StudyOutcome = 'done' | 'kept' | 'failed' | 'stopped';

export interface StudyRun extends StudyPoint {
  readonly outcome: StudyOutcome;
  /** Why it failed, in words; else `null`. */
  readonly reason: string | null;
  readonly directory: string;
  /** What it has left; empty if nothing. */
  readonly record: readonly RecordLine[];
}

/** Of numbers that are finite. */
export interface Spread {
  readonly mean: number;
  /** Sample standard deviation; `null` of fewer than two. */
  readonly sd: number | null;
  readonly count: number;
}

export interface CurvePoint extends Spread {
  readonly round: number;
}

export interface TargetReached {
  /** Runs that have reached it, of those that are done. */
  readonly runs: number;
  /** Of these: `null` if there is none. */
  readonly rounds: Spread | null;
  /** Of tensors, down to clients and up from them; also `null` if only the data tells how many. */
  readonly bytes: Spread | null;
}

/** Runs that differ by their seed alone. */
export interface StudyCell {
  readonly varied: Readonly<Record<string, string>>;
  readonly runs: readonly StudyRun[];
  /** Runs that are done: the others are in no figure. */
  readonly done: number;
  /** The last value of each metric; where it is not finite in `done - count` runs, these are left out. */
  readonly finals: ReadonlyMap<string, Spread>;
  /** Of rounds at which all runs that are done have a finite value. */
  readonly curves: ReadonlyMap<string, readonly CurvePoint[]>;
  /** Of the rounds that were run. */
  readonly rounds: Spread | null;
  /** `null` without a target. */
  readonly target: TargetReached | null;
}

/** In the order of the runs. */
export function cellsOf(runs: readonly StudyRun[], target: Target | null): readonly StudyCell[] {
  const groups = new Map<string, StudyRun[]>();
  for (const run of runs) {
    const key = JSON.stringify(run.varied);
    groups.set(key, [...(groups.get(key) ?? []), run]);
  }
  return [...groups.values()].map((each) => cellOf(each, target));
}

/** Throws a `TypeError` for no number. */
export function spreadOf(values: readonly number[]): Spread {
  if (values.length === 0) throw new TypeError('Cannot tell a mean: need a number or more, got none');
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return {
    mean,
    sd: values.length < 2 ? null : Math.sqrt(squares / (values.length - 1)),
    count: values.length,
  };
}

function cellOf(runs: readonly StudyRun[], target: Target | null): StudyCell {
  const done = runs.filter(isDone).map(({ record }) => curvesOf(record));
  const names = [...new Set(done.flatMap((curves) => [...curves.keys()]))];
  const finals = names.flatMap((name): (readonly [string, Spread])[] => {
    const values = done.flatMap((curves) => curves.get(name)?.at(-1)?.[1] ?? []).filter(Number.isFinite);
    return values.length === 0 ? [] : [[name, spreadOf(values)]];
  });
  const lengths = runs.filter(isDone).map(({ record }) => roundLines(record).length);
  return {
    varied: runs[0]!.varied,
    runs,
    done: done.length,
    finals: new Map(finals),
    curves: new Map(names.map((name) => [name, meanCurve(done.map((curves) => curves.get(name) ?? []))])),
    rounds: lengths.length === 0 ? null : spreadOf(lengths),
    target: target === null ? null : reachedOf(runs.filter(isDone), target),
  };
}

export function isDone({ outcome }: Pick<StudyRun, 'outcome'>): boolean {
  return outcome === 'done' || outcome === 'kept';
}

type Curve = readonly (readonly [round: number, value: number])[];

/** Each metric's values by round. */
export function curvesOf(record: readonly RecordLine[]): ReadonlyMap<string, Curve> {
  const curves = new Map<string, [number, number][]>();
  for (const line of roundLines(record)) {
    for (const [name, value] of namedNumbers(shownFields(line))) {
      const curve = curves.get(name) ?? [];
      curves.set(name, curve);
      curve.push([line.round, value]);
    }
  }
  return curves;
}

function meanCurve(curves: readonly Curve[]): readonly CurvePoint[] {
  const values = curves.map((curve) => new Map(curve));
  const rounds = [...(values[0]?.keys() ?? [])];
  return rounds.flatMap((round) => {
    const here = values.map((each) => each.get(round) ?? Number.NaN);
    return here.every(Number.isFinite) ? [{ round, ...spreadOf(here) }] : [];
  });
}

function reachedOf(runs: readonly StudyRun[], target: Target): TargetReached {
  const reached = runs.flatMap(({ record }) => {
    const curves = curvesOf(record);
    if (curves.size === 0) return []; // of no round
    const first = curves
      .get(metricOf(target, [...curves.keys()]))!
      .find(([, value]) => isReached(target, value));
    return first === undefined ? [] : [{ round: first[0], bytes: bytesUntil(record, first[0]) }];
  });
  const bytes = reached.map((each) => each.bytes);
  const known = bytes.filter((each) => each !== null);
  return {
    runs: reached.length,
    rounds: reached.length === 0 ? null : spreadOf(reached.map(({ round }) => round)),
    bytes: known.length === 0 || known.length < bytes.length ? null : spreadOf(known),
  };
}

/** What every client that was asked received, and those sent whose update came, in all rounds up to this one. */
function bytesUntil(record: readonly RecordLine[], round: number): number | null {
  const { bytes } = runLineOf(record) ?? {};
  if (bytes === undefined || bytes.down === null || bytes.up === null) return null;
  const { down, up } = bytes;
  return roundLines(record)
    .filter((line) => line.round <= round)
    .reduce((sum, { cohort, accepted, rejected }) => sum + cohort * down + (accepted + rejected) * up, 0);
}

export function runLineOf(record: readonly RecordLine[]): RunLine | undefined {
  return record.findLast((line) => line.type === 'run');
}

function roundLines(record: readonly RecordLine[]) {
  return record.filter((line) => line.type === 'round');
}

/** Names of the metrics that change over a study, the headline first: a number of examples, say, tells nothing. */
export function changingMetrics(cells: readonly StudyCell[], headline: string | null): readonly string[] {
  const names = [...new Set(cells.flatMap(({ curves }) => [...curves.keys()]))];
  const changing = names.filter((name) => {
    const means = cells.flatMap(({ curves }) => curves.get(name)?.map(({ mean }) => mean) ?? []);
    return name === headline || means.some((mean) => mean !== means[0]);
  });
  const shown = changing.length > 0 ? changing : names;
  return [...shown.filter((name) => name === headline), ...shown.filter((name) => name !== headline)];
}
