// A study in a file: every combination of settings that are varied as a run, several at once, and one report of all.
import { fileURLToPath } from 'node:url';
import {
  checkOptions,
  kinds,
  numberWithin,
  ofKind,
  optionError,
  required,
} from '@starling/federated-core/plan';
import { SIGNALS } from './run/watch-signals.js';
import type { Axes } from './study/grid.js';
import { runStudyOf, type StudyResult } from './study/run-study.js';
import { showStudy } from './study/show-study.js';
import { readTarget } from './study/target.js';

export type { StudyPoint } from './study/grid.js';
export type { StudyResult } from './study/run-study.js';
export type {
  CurvePoint,
  Spread,
  StudyCell,
  StudyOutcome,
  StudyRun,
  TargetReached,
} from './study/summary.js';

export interface StudyOptions {
  /** A simulation's name, or the file of a federation: a path, or `new URL('./hot.ts', import.meta.url)`. */
  readonly federation: string | URL;
  /** Where runs and report are kept: the same study continues there. */
  readonly out: string;
  /** Values by name: of settings, `seed` and `rounds`. */
  readonly sweep: Readonly<Record<string, readonly unknown[]>>;
  /** Settings of all runs. Default: the federation's own. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Of all runs, where it is not varied. Default 1. */
  readonly seed?: number;
  /** Of all runs, where it is not varied. Default: the federation's. */
  readonly rounds?: number;
  /** A metric and the value to reach: `accuracy=0.9`, `loss<=0.3`. */
  readonly target?: string;
  /** Runs at once, each a process. Default: one a core. */
  readonly jobs?: number;
  /** Worker threads of each run. Default: its share of the cores. */
  readonly workers?: number;
  /** Ends the study: runs stop after their last committed round. Default: Ctrl-C does. */
  readonly signal?: AbortSignal;
  /** Whether progress and findings are printed. Default: true. */
  readonly show?: boolean;
}

/**
 * Runs what is not done yet. A run that fails does not stop the others: see `outcome` of each. Throws a `RangeError`
 * for an option of another kind, and a `UsageError` for a setting that the federation does not take, before anything
 * runs.
 */
export async function runStudy(options: StudyOptions): Promise<StudyResult> {
  checkOptions('Cannot run a study', options, {
    federation: required(federationKind),
    out: required(kinds.text),
    sweep: required(kinds.record),
    settings: kinds.record,
    seed: numberWithin({ whole: true, from: 0 }),
    rounds: numberWithin({ whole: true, from: 1 }),
    target: kinds.text,
    jobs: numberWithin({ whole: true, from: 1 }),
    workers: numberWithin({ whole: true, from: 1 }),
    signal: kinds.abortSignal,
    show: kinds.flag,
  });
  const { federation, out, settings = {}, sweep, show = true } = options;
  const target = options.target === undefined ? null : readTarget(options.target);
  const study = {
    federation: federation instanceof URL ? fileURLToPath(federation) : federation,
    settings: Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, textOf(value)])),
    axes: axesOf(sweep),
    seed: options.seed ?? 1,
    rounds: options.rounds ?? null,
    directory: out,
    jobs: options.jobs ?? null,
    workers: options.workers ?? null,
    target,
    parameters: [],
  };
  return untilCtrlC(options.signal, (signal) =>
    show
      ? showStudy((observer) => runStudyOf(study, observer, signal), { json: false, target })
      : runStudyOf(study, {}, signal),
  );
}

const federationKind = ofKind({
  need: "a simulation's name, the path of a file, or its URL",
  fits: (value) => value instanceof URL || (typeof value === 'string' && value !== ''),
});

/** As `--set` takes it: text as it is, all else as JSON. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function axesOf(sweep: StudyOptions['sweep']): Axes {
  return new Map(
    Object.entries(sweep).map(([name, values]) => {
      const texts = Array.isArray(values) ? values.map(textOf) : [];
      if (texts.length === 0 || new Set(texts).size < texts.length) {
        throw optionError(
          `Cannot run a study: sweep.${name} must be an array of values, each once, got ${JSON.stringify(values)}`,
        );
      }
      return [name, texts] as const;
    }),
  );
}

/** With a signal that Ctrl-C aborts, unless the caller has one. */
async function untilCtrlC<T>(
  given: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  if (given !== undefined) return work(given);
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  for (const name of SIGNALS) process.on(name, abort);
  try {
    return await work(controller.signal);
  } finally {
    for (const name of SIGNALS) process.off(name, abort);
  }
}
