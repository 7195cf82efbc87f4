// How far a study is, kept up from what its runs tell: what a table on a terminal and plain lines are made of.
import type { RoundLine } from '@starling/runtime/events';
import { shownFields } from '@starling/runtime/events';
import { namedNumbers } from '../output/metrics.js';
import type { StudyObserver, StudyPlan } from './conduct-study.js';
import type { StudyPoint } from './grid.js';
import { curvesOf, isDone, runLineOf, type StudyRun } from './summary.js';

/** Of a run that is under way. */
export interface RunningRun {
  readonly point: StudyPoint;
  /** Rounds done, and asked for; `null` before it is known. */
  readonly done: number;
  readonly rounds: number | null;
}

export class StudyProgress {
  plan: StudyPlan | null = null;
  readonly ended: StudyRun[] = [];
  readonly #running = new Map<string, RunningRun>();
  #headline: string | null = null;
  /** Rounds that this start has run, and what part of a run each was. */
  #share = 0;

  /** Hears of everything before `also` does. */
  observer(also: StudyObserver = {}): StudyObserver {
    return {
      started: (plan) => {
        this.plan = plan;
        also.started?.(plan);
      },
      runStarted: (point) => {
        this.#running.set(point.name, { point, done: 0, rounds: point.rounds });
        also.runStarted?.(point);
      },
      runReady: (point, line) => {
        this.#headline ??= line.headline;
        this.#running.set(point.name, { point, done: line.from, rounds: line.rounds });
        also.runReady?.(point, line);
      },
      round: (point, line) => {
        this.#add(point, line);
        also.round?.(point, line);
      },
      runEnded: (run) => {
        this.#running.delete(run.name);
        this.#headline ??= runLineOf(run.record)?.headline ?? null;
        this.ended.push(run);
        also.runEnded?.(run);
      },
    };
  }

  get running(): readonly RunningRun[] {
    return [...this.#running.values()];
  }

  /** The metric to look at first; `null` before one is known. */
  get headline(): string | null {
    return (
      this.#headline ?? this.ended.map(({ record }) => [...curvesOf(record).keys()][0]).find(Boolean) ?? null
    );
  }

  /** Milliseconds that are left, if it continues as it was since `sinceMs`; `null` while nothing is known. */
  leftMs(sinceMs: number): number | null {
    const total = this.plan?.points.length ?? 0;
    const begun = this.running.reduce(
      (sum, { done, rounds }) => sum + (rounds === null ? 0 : done / rounds),
      0,
    );
    const left = total - this.ended.length - begun;
    return this.#share === 0 ? null : (sinceMs / this.#share) * left;
  }

  /** The last value of the headline in each run that is done, of one line of the study. */
  finalsOf(varied: StudyPoint['varied']): readonly number[] {
    const key = JSON.stringify(varied);
    const { headline } = this;
    return this.ended
      .filter((run) => isDone(run) && JSON.stringify(run.varied) === key)
      .flatMap(({ record }) =>
        headline === null ? [] : (curvesOf(record).get(headline)?.at(-1)?.[1] ?? []),
      );
  }

  #add(point: StudyPoint, line: RoundLine): void {
    const before = this.#running.get(point.name);
    if (before === undefined) return;
    this.#running.set(point.name, { ...before, done: line.round });
    if (before.rounds !== null) this.#share += 1 / before.rounds;
  }
}

/** The headline of a run that is done, or the metric that it reports first. */
export function headlineOf(run: StudyRun): readonly [name: string, value: number] | null {
  const last = run.record.findLast((line) => line.type === 'round');
  if (last === undefined) return null;
  const wanted = runLineOf(run.record)?.headline;
  const curve = wanted == null ? undefined : curvesOf(run.record).get(wanted)?.at(-1);
  return curve === undefined ? (namedNumbers(shownFields(last))[0] ?? null) : [wanted!, curve[1]];
}
