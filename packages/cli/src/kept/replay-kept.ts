// `starling runs replay`: a run that was kept, run again with the federation that it was of, in this process.
import { type FaultsInput, OtherRunError } from '@starling/runtime';
import { runLineIn } from '@starling/runtime/record';
import { replayRun } from '@starling/runtime/replay';
import type { RunStore } from '@starling/store';
import { UsageError } from '../errors/usage-error.js';
import { setUpFederation } from '../federation/set-up.js';
import { withUsageErrors } from '../run/other-run.js';

export interface KeptReplay {
  readonly store: RunStore;
  readonly run: string;
  /** A name, or the path of a file. */
  readonly federation: string;
  /** Besides those that the run was started with. */
  readonly settings: Readonly<Record<string, string>>;
}

const HASH_DIGITS = 12;

/** Whether every round has the state that was committed. */
export async function replayKept(
  { store, run, federation, settings: given }: KeptReplay,
  json: boolean,
  write: (line: string) => void,
): Promise<boolean> {
  const { identity, commits } = await store.read(run);
  const line = runLineIn(identity);
  if (line === null) throw new UsageError(`Cannot replay run ${run}: need one of runRounds, got another`);
  // As JSON, which settings are read as first.
  const before = Object.entries(line.settings).map(([name, value]) => [name, JSON.stringify(value)]);
  const ready = await setUpFederation(federation, { ...Object.fromEntries(before), ...given });
  const { evaluation: _, best: __, headline: ___, rounds: ____, ...source } = ready.run;
  const rounds = await ofThisRun(() =>
    replayRun({
      ...source,
      store,
      run,
      seed: line.seed,
      settings: ready.settings,
      engine: line.engine.clients,
      // As they were given: JSON gives them back as they were.
      ...(line.faults !== undefined && { faults: line.faults as FaultsInput }),
      onRound(each) {
        if (json) return write(JSON.stringify({ type: 'replayed-round', ...each }));
        const { round, attempt, counted, committed, replayed } = each;
        const tried = attempt === 1 ? '' : `  attempt ${attempt}`;
        const verdict = committed === replayed ? 'the same' : `another: ${replayed.slice(0, HASH_DIGITS)}`;
        write(
          `round ${round}${tried}  ${counted} counted  state ${committed.slice(0, HASH_DIGITS)}  ${verdict}`,
        );
      },
    }),
  );
  const agrees = rounds.length === commits.length && rounds.every((each) => each.committed === each.replayed);
  if (json) write(JSON.stringify({ type: 'replayed', run, rounds: rounds.length, agrees }));
  else if (agrees) write(`all ${rounds.length} rounds end in the states that were committed`);
  else write(`round ${rounds.length} ends in another state than was committed`);
  return agrees;
}

/** A run that is not of the federation with these settings is a mistake of the command line; it cannot be forced. */
function ofThisRun<T>(replay: () => Promise<T>): Promise<T> {
  return withUsageErrors(async () => {
    try {
      return await replay();
    } catch (cause) {
      if (!(cause instanceof OtherRunError)) throw cause;
      const advice = 'give the federation and the settings (--set) that it was started with';
      throw new UsageError(`${cause.message}\n  ${advice}`, { cause });
    }
  });
}
