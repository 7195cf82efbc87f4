// One client's part in a phase: load what it holds, run the plan's work on it, check the update. Whatever goes
// wrong with one client ends here as a report, so that a round continues without it.
import { RejectedUpdateError, StarlingError } from '@starling/federated-core';
import { readThrown, type UpdateChecker, userFrames } from '@starling/federated-core/plan';
import { ClientDataError, StateLostError } from './client-errors.js';
import type { ClientReport } from './client-report.js';
import type { Leaves } from './plan-runner.js';

export type ClientOutcome =
  | { readonly report: Extract<ClientReport, { status: 'accepted' }>; readonly update: Leaves }
  | { readonly report: Exclude<ClientReport, { status: 'accepted' }>; readonly update: null };

/**
 * The update of `client`, or why it counts for nothing: `load-failed` where its data cannot be had, `bad-data` where
 * it is not of its type, `work-failed` where the work throws, or the code of the refusal.
 */
export async function clientOutcome(
  client: string,
  load: () => Promise<Leaves> | Leaves,
  work: (clientInput: Leaves) => Promise<Leaves>,
  check: UpdateChecker,
): Promise<ClientOutcome> {
  let step: 'load-failed' | 'work-failed' = 'load-failed';
  try {
    const input = await load();
    step = 'work-failed';
    const update = await work(input);
    const refusal = check(update);
    if (refusal === null) return { report: { client, status: 'accepted' }, update };
    return { report: rejectedReport(client, refusal), update: null };
  } catch (thrown) {
    const error = readThrown(thrown);
    if (error instanceof RejectedUpdateError) return { report: rejectedReport(client, error), update: null };
    return { report: droppedReport(client, step, error), update: null };
  }
}

/** Of an update that was refused. */
export function rejectedReport(client: string, { code, message }: RejectedUpdateError) {
  return { client, status: 'rejected', code, reason: message } as const;
}

/** Data that was refused says so itself; any other error is one of the `step` that it ended. */
export function droppedReport(client: string, step: 'load-failed' | 'work-failed', thrown: unknown) {
  const error = readThrown(thrown);
  const isOfItself = error instanceof ClientDataError || error instanceof StateLostError;
  const code = isOfItself ? error.code : step;
  return { client, status: 'dropped', code, reason: reasonOf(error) } as const;
}

/**
 * The message; of an error that the user's own code threw, such as a population's `load`, also its file and line. The
 * folder is left out: a report may go to another machine.
 */
function reasonOf(error: Error | string): string {
  if (typeof error === 'string') return error;
  const [frame] = error instanceof StarlingError ? [] : userFrames(error);
  if (frame === undefined) return error.message;
  return `${error.message} (at ${frame.file.replace(/^.*[\\/]/, '')}:${frame.line}:${frame.column})`;
}
