// Opens a run in its store, and takes it up where its last commit left it, once it is known to be the same run, and its
// state one that the plan can continue with.
import { StarlingError } from '@starling/federated-core';
import type { Leaves } from '@starling/plan/runner';
import {
  type Damage,
  type FoundRun,
  failedAttempts,
  type KeptAttempt,
  type KeptCommit,
  type OpenRun,
  openAttempt,
  type RunStore,
} from '@starling/store';
import { type BestProgress, detailsOf } from '../kept/round-details.js';
import { identityDifferences, OtherRunError, type RunIdentity } from '../kept/run-identity.js';
import { decodeState } from '../kept/state-file.js';
import { CheckpointError } from '../runtime/errors.js';
import type { CompiledRun } from './compile-run.js';
import type { CheckedBefore } from './constraints.js';
import { identifyRun } from './identify-run.js';
import type { RunOptions } from './run-options.js';

/** Where a run begins, or continues. */
export interface RunStart {
  /** Names the run. */
  readonly id: string;
  /** Rounds that count. */
  readonly round: number;
  /** `null` if there are none yet: then the run makes its first. */
  readonly leaves: Leaves | null;
  readonly best: BestProgress | null;
  /** The checks of its constraints, in the order of their rounds. */
  readonly checked: readonly CheckedBefore[];
  /** Of these rounds. */
  readonly commits: readonly KeptCommit[];
  /** Begun at the next round, and neither committed nor failed. */
  readonly attempt: KeptAttempt | null;
  /** Attempts at the next round that have failed. */
  readonly failed: number;
  /** Whether the run has ended with them. */
  readonly hadFailed: boolean;
}

export interface Resumed {
  /** `null` without a store. */
  readonly identity: RunIdentity | null;
  readonly open: OpenRun | null;
  readonly start: RunStart;
}

/**
 * Throws an `OtherRunError` if the store holds another run, and there is no `onOtherRun` or the run is asynchronous; as
 * `checkStored` if the plan cannot continue with its state; a `StarlingError` with code `impossible-rounds` if more
 * rounds are done than are asked for; and what a store throws, such as a `StoreLockedError`. Then nothing has changed
 * in the store.
 */
export async function resumeRun(
  run: CompiledRun,
  options: RunOptions,
  evaluationPlan: string | null = null,
): Promise<Resumed> {
  const { store } = options;
  if (store === undefined) return { identity: null, open: null, start: newRun(options.run ?? newId()) };
  const open = await store.open(options.run ?? (await onlyRun(store)) ?? newId());
  try {
    const identity = await identifyRun(run, options, evaluationPlan);
    const start = startFrom(run, options, open, identity);
    tellDamage(options, store, open.found?.damage ?? []);
    return { identity, open, start };
  } catch (error) {
    await open.close();
    throw error;
  }
}

function startFrom(
  run: CompiledRun,
  options: RunOptions,
  { run: id, found }: OpenRun,
  identity: RunIdentity,
): RunStart {
  const { onOtherRun, rounds } = options;
  const { name } = options.store!;
  if (found === null) return newRun(id);
  const { history, state } = found;
  const differences = identityDifferences(history.identity, identity);
  // Nothing of another run is lost, as long as nothing of it counts.
  if (state === null) return differences.length > 0 ? newRun(id) : { ...newRun(id), ...attemptsOf(found, 0) };
  const whyNever = options.asynchronous === undefined ? null : NO_OTHER_WORK;
  if (differences.length > 0 && (onOtherRun === undefined || whyNever !== null)) {
    throw new OtherRunError(name, differences, 'resume from', whyNever);
  }
  const { round } = state;
  const leaves = leavesOf(state.bytes, name);
  run.checkStored({ round, leaves }, name);
  if (round > rounds) {
    throw new StarlingError(
      'impossible-rounds',
      `Cannot resume from ${name}: ${round} rounds of the run are done, need at least as many, got ${rounds}`,
    );
  }
  if (differences.length > 0) onOtherRun?.(differences);
  const best = detailsOf(history.commits.at(-1)!.metrics)?.best ?? null;
  // A run that differs from the one that is found goes its own way from here on.
  const attempts = differences.length > 0 ? NO_ATTEMPTS : attemptsOf(found, round);
  return { id, round, leaves, best, checked: checkedIn(found), commits: history.commits, ...attempts };
}

const NO_OTHER_WORK =
  'An asynchronous run cannot continue as another one: which clients are at work, and on what, follows from all rounds before';

type AttemptsBefore = Pick<RunStart, 'attempt' | 'failed' | 'hadFailed'>;

const NO_ATTEMPTS: AttemptsBefore = { attempt: null, failed: 0, hadFailed: false };

function newRun(id: string): RunStart {
  return { id, round: 0, leaves: null, best: null, checked: [], commits: [], ...NO_ATTEMPTS };
}

function checkedIn({ history }: FoundRun): readonly CheckedBefore[] {
  return history.commits.flatMap(({ metrics }) => {
    const line = detailsOf(metrics)?.line;
    return line?.constraints === undefined ? [] : [{ round: line.round, results: line.constraints }];
  });
}

function attemptsOf({ history }: FoundRun, round: number): AttemptsBefore {
  return {
    attempt: openAttempt(history, round),
    failed: failedAttempts(history, round),
    hadFailed: history.end?.outcome === 'failed',
  };
}

function leavesOf(bytes: Uint8Array, name: string): Leaves {
  try {
    return decodeState(bytes).leaves;
  } catch (cause) {
    throw new CheckpointError(`Cannot resume from ${name}: ${(cause as Error).message}`, { cause });
  }
}

/** `null` if there is none yet. */
async function onlyRun(store: RunStore): Promise<string | null> {
  const [one, ...others] = await store.list();
  if (one === undefined) return null;
  if (others.length === 0) return one.run;
  throw new RangeError(
    `Cannot run rounds: ${store.name} holds ${others.length + 1} runs, need 'run' to name one of them or a new one, got none`,
  );
}

/** 64 random bits: names of a run say nothing, and differ. */
function newId(): string {
  return crypto.randomUUID().replaceAll('-', '').slice(-16);
}

/** What was passed over is never passed over in silence. */
export function tellDamage({ onDamage }: RunOptions, { name }: RunStore, damage: readonly Damage[]): void {
  if (damage.length === 0) return;
  const lines = damage.map(({ where, reason }) => `\n    ${where}: ${reason}`).join('');
  const warn = (): void =>
    globalThis.process?.emitWarning?.(`${name} is damaged; continuing from what is whole:${lines}`);
  (onDamage ?? warn)(damage);
}
