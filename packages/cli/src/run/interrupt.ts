// What ends a run from outside of it: Ctrl-C, and what the user's code throws where nothing waits for it. The round at
// hand is given up, and the last one that was committed stands. A run that does not end by itself then is ended.
import { writeSync } from 'node:fs';
import type { CheckedConstraints } from '@starling/runtime';
import { exitCodeOf, exitCodes } from '../errors/exit-codes.js';
import { explain } from '../errors/explain.js';
import { visible } from '../output/visible.js';
import { SIGNALS, type SignalWatch, STOPPED, watchSignals } from './watch-signals.js';
import { hasThreads } from './worker-threads.js';

/** How long a run has to end by itself: to close its workers and sockets, and to write its report. */
const GRACE_MS = 5_000;
/** How long what is left of a command may take once its run is over. */
const LEFT_OPEN_MS = 2_000;

/**
 * Runs `work` with a signal that aborts on the first SIGINT or SIGTERM; and, with a `StarlingError` as its reason, on
 * an error that nothing waits for, such as one in a timer's callback: then it rejects with that error. The process ends
 * at the second Ctrl-C, or once the time of grace is over; code that keeps it busy is broken off.
 */
export async function withInterrupt<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  let grace: NodeJS.Timeout | undefined;
  let stray: Promise<Error> | undefined;
  const interrupt = (): void => {
    if (controller.signal.aborted) stopNow(watch);
    controller.abort();
    grace ??= setTimeout(() => stopNow(watch), GRACE_MS);
  };
  const fail = (thrown: unknown): void => {
    if (stray !== undefined) return; // the first one says why
    stray = strayError(thrown);
    void stray.then((error) => {
      controller.abort(error);
      grace ??= setTimeout(() => void failNow(error), GRACE_MS);
    });
  };
  let freed: Promise<void> | undefined;
  const watch = watchSignals({ graceMs: GRACE_MS }, (stack) => {
    freed = tellFreed(stack);
  });
  for (const name of SIGNALS) process.on(name, interrupt);
  process.on('uncaughtException', fail);
  process.once('beforeExit', lookOnce);
  try {
    const result = await work(controller.signal);
    if (stray === undefined) return result;
  } catch (error) {
    if (stray === undefined) throw error;
  } finally {
    clearTimeout(grace);
    await freed;
    for (const name of SIGNALS) process.off(name, interrupt);
    process.off('uncaughtException', fail);
    process.off('beforeExit', lookOnce);
    watch.stop();
    // What the user's code leaves open, such as a timer, keeps nobody waiting.
    setTimeout(() => process.exit(), LEFT_OPEN_MS).unref();
  }
  throw await stray;
}

/** How a run ended. */
interface Ended {
  readonly interrupted: boolean;
  readonly constraints?: CheckedConstraints | null;
}

/** The exit code of a command whose run, or one of them, ended so. */
export function exitAfter(...runs: readonly Ended[]): void {
  const isUnmet = ({ constraints }: Ended): boolean =>
    constraints != null && !constraints.passes && constraints.otherwise !== 'warn';
  if (runs.some(({ interrupted }) => interrupted)) process.exitCode = exitCodes.interrupted;
  else if (runs.some(isUnmet)) process.exitCode = exitCodes.unmet;
}

async function strayError(cause: unknown): Promise<Error> {
  const { StarlingError } = await import('@starling/federated-core');
  const { readThrown } = await import('@starling/federated-core/plan');
  const thrown = readThrown(cause);
  const words = typeof thrown === 'string' ? thrown : `${thrown.name}: ${thrown.message}`;
  return new StarlingError(
    'stray-error',
    `Cannot continue: code must not throw where nothing waits for it, as in a callback, got ${words}`,
    { cause },
  );
}

/** Code that is broken off may leave nothing to wait for, before the signals that came meanwhile have been seen. */
function lookOnce(): void {
  setTimeout(() => {}, 100);
}

function stopNow(watch: SignalWatch): void {
  say(STOPPED);
  if (!hasThreads()) process.exit(exitCodes.interrupted);
  process.exitCode = exitCodes.interrupted;
  process.emit('exit', exitCodes.interrupted); // for those who put a terminal in order
  for (const name of SIGNALS) process.removeAllListeners(name);
  watch.die();
  setTimeout(() => process.exit(), LEFT_OPEN_MS); // the first process of a container outlives such a signal
}

/** Names the user's line that did not return, where there is one. */
async function tellFreed(stack: string): Promise<void> {
  const { formatPlace, userFrames } = await import('@starling/federated-core/plan');
  const [frame] = userFrames(Object.assign(new Error(''), { stack }));
  say(`Broke off code that did not return${frame === undefined ? '' : `\n    at ${formatPlace(frame)}`}`);
}

async function failNow(error: Error): Promise<never> {
  say((await explain(error)) ?? '');
  process.exit(exitCodeOf(error));
}

/** At once, as the process may be about to end. */
function say(words: string): void {
  writeSync(process.stderr.fd, `${visible(words)}\n`);
}
