// Starts the thread that sees Ctrl-C while code keeps main's thread busy (busy-watch.ts).
import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';

export const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** What is said of a run that is ended before it is done with ending. */
export const STOPPED = 'Stopped without waiting for what still ran; the rounds that were committed stand';

/** Given to the thread. */
export interface WatchSetup {
  /** How long after the first signal main may take; it is at once after the second. */
  readonly graceMs: number;
}

export interface SignalWatch {
  /** Ends the process as an unheeded SIGINT does: shells call it 130. Nobody else may listen for it any more. */
  die(): void;
  stop(): void;
}

/** `onFreed` is given the stack of what kept main busy, once it is broken off. */
export function watchSignals(setup: WatchSetup, onFreed: (stack: string) => void): SignalWatch {
  const entry = new URL('./busy-watch.js', import.meta.url);
  // From sources, as in this package's tests, there is no built thread.
  if (!existsSync(entry)) return { die: () => void process.kill(process.pid, 'SIGINT'), stop() {} };
  // What it reaches signals by is deprecated, and there is nothing else.
  const thread = new Worker(entry, { workerData: setup, execArgv: ['--no-deprecation'] });
  thread.on('message', onFreed);
  thread.on('error', () => {}); // without it a busy main is what it was before: deaf
  thread.unref();
  return { die: () => thread.postMessage('die'), stop: () => void thread.terminate() };
}
