// Ctrl-C, once: the run ends, its last committed round stands, and the one at hand is given up. Twice: the process
// ends.
import { exitCodes } from '../errors/exit-codes.js';
import { endUnfinished } from './unfinished.js';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/**
 * Runs `work` with a signal that aborts on the first SIGINT or SIGTERM, and leaves no listener behind. A process that
 * ends meanwhile as if all were well fails, and says so.
 */
export async function withInterrupt<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const listener = (): void => {
    if (controller.signal.aborted) process.exit(exitCodes.interrupted);
    controller.abort();
  };
  for (const name of SIGNALS) process.on(name, listener);
  process.on('exit', endUnfinished);
  try {
    return await work(controller.signal);
  } finally {
    for (const name of SIGNALS) process.off(name, listener);
    process.off('exit', endUnfinished);
  }
}

/** The exit code of a command whose run, or one of them, ended so. */
export function exitAfter(...runs: readonly { readonly interrupted: boolean }[]): void {
  if (runs.some(({ interrupted }) => interrupted)) process.exitCode = exitCodes.interrupted;
}
