// What a store has of a run, as it is shown: what the run is, its rounds, its failed attempts, who did not count.
import { detailsOf, type RunLine, runLineIn } from '@starling/runtime/record';
import type { AttemptHistory, KeptCommit, RunHistory } from '@starling/store';
import { addStep, NO_STEPS, type StepTotals } from '../output/step-lines.js';

export interface RoundPicture {
  readonly round: number;
  readonly attempt: number;
  readonly cohort: number | null;
  readonly counted: number;
  readonly lost: number;
  /** Of the state after it. */
  readonly stateHash: string | null;
  readonly metrics: Readonly<Record<string, unknown>>;
}

export interface RunPicture {
  readonly run: string;
  readonly federation: string;
  readonly description: string;
  readonly seed: number | null;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly plan: string;
  readonly population: { readonly name: string; readonly size: number } | null;
  readonly runtime: string;
  readonly engine: { readonly server: string; readonly clients: string } | null;
  readonly versions: Readonly<Record<string, unknown>>;
  /** Of a run whose rounds do not wait: how, and how its reports came; left out of others. */
  readonly asynchronous?: NonNullable<RunLine['asynchronous']> & StepTotals;
  /** How often a process has taken it up. */
  readonly starts: number;
  /** Rounds that count, and as many as the last start asked for. */
  readonly rounds: number;
  readonly asked: number | null;
  /** `null` while it continues, and after a kill. */
  readonly end: { readonly outcome: string; readonly code: string; readonly reason: string } | null;
  readonly committed: readonly RoundPicture[];
  readonly failures: readonly {
    readonly round: number;
    readonly attempt: number;
    readonly code: string;
    readonly reason: string;
  }[];
  /** Clients that did not count in rounds that do, by reason, most of them first. */
  readonly lost: readonly { readonly status: string; readonly code: string; readonly count: number }[];
}

export function pictureOf({ run, identity, starts, commits, attempts, end }: RunHistory): RunPicture {
  const line = runLineIn(identity) ?? ({} as Partial<RunLine>);
  const how = end === null ? null : { outcome: end.outcome, code: end.code, reason: end.reason };
  return {
    run,
    federation: line.federation ?? '',
    description: line.description ?? '',
    seed: line.seed ?? null,
    settings: line.settings ?? {},
    plan: line.plan ?? '',
    population:
      line.population === undefined ? null : { name: line.population.name, size: line.population.size },
    runtime: line.runtime ?? '',
    engine: line.engine ?? null,
    versions: line.versions ?? {},
    ...(line.asynchronous !== undefined && {
      asynchronous: { ...line.asynchronous, ...stepsIn(commits) },
    }),
    starts,
    rounds: commits.at(-1)?.round ?? 0,
    asked: line.rounds ?? null,
    end: how,
    committed: commits.map((commit) => roundPicture(commit, attempts)),
    failures: attempts.flatMap(({ failure }) => {
      if (failure === null) return [];
      const { round, attempt, code, reason } = failure;
      return [{ round, attempt, code, reason }];
    }),
    lost: lostIn(commits),
  };
}

function roundPicture(commit: KeptCommit, attempts: readonly AttemptHistory[]): RoundPicture {
  const { round, attempt, counted, lost, metrics } = commit;
  const details = detailsOf(metrics);
  const asked = attempts.find((each) => each.round === round && each.attempt === attempt);
  return {
    round,
    attempt,
    cohort: asked?.cohort.size ?? null,
    counted: counted.length,
    lost: lost.length,
    stateHash: details?.stateHash ?? null,
    metrics: details?.line.metrics ?? {},
  };
}

function stepsIn(commits: readonly KeptCommit[]): StepTotals {
  return commits.reduce((totals, { metrics }) => addStep(totals, detailsOf(metrics)?.line ?? {}), NO_STEPS);
}

function lostIn(commits: readonly KeptCommit[]): RunPicture['lost'] {
  const counts = new Map<string, { status: string; code: string; count: number }>();
  for (const { lost } of commits) {
    for (const { status, code } of lost) {
      const key = `${status} ${code}`;
      const before = counts.get(key) ?? { status, code, count: 0 };
      counts.set(key, { ...before, count: before.count + 1 });
    }
  }
  return [...counts.values()].sort((one, other) => other.count - one.count);
}
