// A run whose server dies, as its faults say: it is started again from its store each time, as an operator would, until
// it has come to its end.
import { memoryStore } from '@starling/store';
import { withFaults } from '../faults/with-faults.js';
import { ServerCrashError } from '../runtime/errors.js';
import type { RunOptions, RunResult } from './run-options.js';

/** `run`: does a run from where its store has come to. Without faults, that is all. */
export async function throughCrashes(
  options: RunOptions,
  run: (options: RunOptions) => Promise<RunResult>,
): Promise<RunResult> {
  const { faults, runtime, seed } = options;
  // Awaited here, so that what is thrown later still has the caller's line.
  if (faults === undefined || options.asynchronous !== undefined) return await run(options);
  // A server that dies leaves nothing but its store.
  const crashes = (faults.serverCrashes ?? []).length > 0;
  const store = options.store ?? (crashes ? memoryStore() : undefined);
  const faulty = {
    ...options,
    runtime: withFaults(runtime, faults, { seed }),
    ...(store !== undefined && { store }),
  };
  for (;;) {
    try {
      return await run(faulty);
    } catch (error) {
      if (!(error instanceof ServerCrashError)) throw error;
    }
  }
}
