// `starling debug`: runs the rounds before again, or takes up a checkpoint; then replays one client's work on the
// engine of the run, and as it was written, on real tensors, in this process, where an editor's breakpoints stop.
import type { EagerRunner, NonFiniteOrigin } from '@starling/compute/eager';
import { earlierState, formatDifference, threadsRuntime } from '@starling/runtime';
import { DEFAULT_ENGINE, type EngineChoice } from '@starling/runtime/engines';
import { type PhaseReplay, replayClient, stepRow } from '@starling/runtime/replay';
import type { RunStore } from '@starling/store';
import { directoryStore } from '@starling/store/directory';
import { explain } from '../errors/explain.js';
import { UsageError } from '../errors/usage-error.js';
import { locateFederation } from '../federation/load.js';
import { setUpFederation } from '../federation/set-up.js';
import { importBeside } from '../files/import-beside.js';
import { type EagerEngine, eagerBackends } from './eager-engines.js';
import { formatOrigin } from './origin-text.js';
import { forDebuggers } from './pause.js';
import { type RecordedRun, recordedRun } from './recorded-run.js';
import { formatStart, type KeptPlan } from './start-text.js';
import { formatStep } from './step-line.js';
import { formatWork } from './work-text.js';

export interface DebugSettings {
  /** A name, or the path of a file. */
  readonly federation: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly round: number;
  readonly client: string;
  /** Of a run that was recorded: its states are taken up. `null` runs all rounds before again. */
  readonly directory: string | null;
  /** `null` for that of the recorded run, or the default. */
  readonly engine: EngineChoice | null;
  readonly workers: number;
  /** `null` for that of the recorded run, or 1. */
  readonly seed: number | null;
  /** Runs the client's code as it was written. */
  readonly replayOn: EagerEngine;
  /** Prints a line for each step of the client's work. */
  readonly steps: boolean;
}

type Write = (text: string) => void;

/** Whether both sides agree. Throws a `UsageError` if there is no such federation or setting, and as a replay does. */
export async function debugClient(options: DebugSettings, write: Write): Promise<boolean> {
  const { round, client, workers, directory } = options;
  const recorded = directory === null ? null : await recordedRun(directory);
  const engine = options.engine ?? recorded?.engine ?? DEFAULT_ENGINE;
  const { debugBodies, eagerRunner } = await importEager(options.federation);
  debugBodies();
  const { run, settings } = await setUpFederation(options.federation, {
    ...recorded?.settings,
    ...options.settings,
  });
  const { evaluation, best, headline, rounds, ...source } = run;
  if (recorded !== null) checkRound(round, recorded.rounds);
  else if (round > rounds) {
    write(`round ${round} is beyond the ${rounds} of the federation: as of a run with --rounds ${round}`);
  }
  const eager = eagerRunner({
    around: forDebuggers(),
    backend: eagerBackends[options.replayOn],
    ...(options.steps && { onStep: (step) => write(formatStep(stepRow(step))) }),
  });
  const before = stateBefore(options);
  const { phases } = await replayClient({
    ...source,
    ...before.kept,
    runtime: threadsRuntime({ workers, engine }),
    engine,
    seed: options.seed ?? recorded?.seed ?? 1,
    settings,
    round,
    client,
    onOtherRun: (differences) => write(otherRunText(differences.map(formatDifference))),
    onStart: (start) => {
      write(formatStart(start, { kept: keptPlan(recorded, settings), state: before.text() }));
      write(replayText(options.replayOn));
    },
    runner: eager.run,
  });
  let allAgree = true;
  for (const phase of phases) {
    const { text, agrees } = formatWork(phase, engine);
    const title = phases.length === 1 ? [] : [`phase ${phase.phase + 1}`];
    write([...title, text, ...(await causesOf(phase, eager))].join('\n'));
    allAgree &&= agrees;
  }
  return allAgree;
}

/** A round that the run does not have would be replayed as well, after others that it does not have. */
function checkRound(round: number, rounds: number): void {
  if (round <= rounds) return;
  throw new UsageError(
    `Cannot debug round ${round}: need a round of the run, from 1 to ${rounds}, got ${round}`,
  );
}

/** The plan of the run that was kept, and which of its settings are others now. */
function keptPlan(
  recorded: RecordedRun | null,
  settings: Readonly<Record<string, unknown>>,
): KeptPlan | null {
  if (recorded === null) return null;
  const others = Object.entries(recorded.settings).filter(
    ([name, value]) => JSON.stringify(settings[name]) !== value,
  );
  return { hash: recorded.plan, otherSettings: others.map(([name, value]) => `${name}=${value}`) };
}

/** Said before the user's code runs; what it prints follows. */
function replayText(engine: EagerEngine): string {
  return `running its code as written, on ${engine}`;
}

function importEager(federation: string): Promise<typeof import('@starling/compute/eager')> {
  const own = (): Promise<typeof import('@starling/compute/eager')> => import('@starling/compute/eager');
  return importBeside(locateFederation(federation), '@starling/compute/eager', own);
}

/** Where the state that the round began with comes from. */
function stateBefore({ directory, round }: DebugSettings): {
  readonly kept: { readonly store?: RunStore };
  /** Once it is known. */
  text(): string;
} {
  const text = (from: number): string => {
    const again = round - 1 - from;
    const start = from === 0 ? 'the first one' : `that of round ${from}, kept in ${directory}`;
    return again === 0 ? start : `${start}, and ${again === 1 ? 'a round' : `${again} rounds`} run again`;
  };
  if (directory === null) return { kept: {}, text: () => text(0) };
  const earlier = earlierState(directoryStore(directory), round - 1);
  let from = 0;
  const store: RunStore = {
    ...earlier,
    async open(run) {
      const open = await earlier.open(run);
      from = open.found?.state?.round ?? 0;
      return open;
    },
  };
  return { kept: { store }, text: () => text(from) };
}

function otherRunText(differences: readonly string[]): string {
  return ['this is not the run that was kept; it differs in', ...differences].join('\n    ');
}

/** Why the update is not finite, or what the code threw. */
async function causesOf({ leaves, replayed }: PhaseReplay, eager: EagerRunner): Promise<readonly string[]> {
  if (replayed.error !== null) return [(await explain(replayed.error)) ?? ''];
  const spoiled = new Map<NonFiniteOrigin, string[]>();
  for (const [index, leaf] of (replayed.update ?? []).entries()) {
    const origin = eager.originOf(leaf);
    if (origin !== null) spoiled.set(origin, [...(spoiled.get(origin) ?? []), leaves[index]!.path]);
  }
  return [...spoiled].map(([origin, paths]) => formatOrigin(paths, origin));
}
