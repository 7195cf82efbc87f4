// A run that is under way is a promise, which says so to those who read its result before it is there, as they do who
// forget to await.
import { optionError } from '@starling/federated-core/plan';
import type { RunResult } from './run-options.js';

const FIELDS = {
  rounds: true,
  state: true,
  stateValue: true,
  metrics: true,
  evaluation: true,
  stateHash: true,
  interrupted: true,
  stopped: true,
  best: true,
  failedRounds: true,
  lost: true,
  constraints: true,
  failure: true,
  wallMs: true,
} satisfies Record<keyof RunResult, true>;

/** The same promise: what is read of it that is a field of the result throws a `RangeError`, which says to await. */
export function awaitedRun<R>(running: Promise<R>): Promise<R> {
  for (const field of Object.keys(FIELDS)) {
    Object.defineProperty(running, field, {
      configurable: true,
      get() {
        running.catch(() => {}); // what is to be said is that nobody awaits
        throw optionError(
          `Cannot read ${field} of a run that is under way: need its result, got a Promise. Await it: await runRounds(…)`,
        );
      },
    });
  }
  return running;
}
