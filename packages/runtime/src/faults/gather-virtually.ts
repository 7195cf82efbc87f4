// A phase on a virtual clock: the machine that gathers real phases (`@starling/rounds`) is told when each report comes,
// and says who is in time, what counts once though it comes twice, and when the phase is over. Nobody waits.
import { createGathering, type PhaseAddress } from '@starling/rounds';

/** What comes of a client, in milliseconds from the beginning of the phase. */
export type Arrival =
  | { readonly kind: 'never' }
  | { readonly kind: 'lost'; readonly atMs: number; readonly code: string; readonly reason: string }
  /** Twice, if it is a duplicate: the second right behind the first. */
  | { readonly kind: 'report'; readonly atMs: number; readonly isDuplicate: boolean };

export interface VirtualPhase {
  /** One a client, in cohort order; `null`: its report counts. */
  readonly losses: readonly ({ readonly code: string; readonly reason: string } | null)[];
  /** Clients whose report came, and too late. */
  readonly late: ReadonlySet<string>;
  /** Clients whose report came in time, and then once more. */
  readonly repeated: ReadonlySet<string>;
  readonly endedMs: number;
}

/**
 * `deadlineMs`: infinite for none; then nobody may never answer. `goal`: reports that end the phase. Default: all of
 * the cohort's.
 */
export function gatherVirtually(
  address: PhaseAddress,
  cohort: readonly string[],
  arrivals: readonly Arrival[],
  deadlineMs: number,
  goal = cohort.length,
): VirtualPhase {
  const settings = { cohort, goal, needed: 0, deadlineMs, extendBelow: 0, maxExtensions: 0 };
  const machine = createGathering(address, settings, 0);
  const tooLate = new Set<string>();
  const repeated = new Set<string>();
  let endedMs = 0;
  const tell = (event: Parameters<typeof machine.handle>[0], at: number): void => {
    for (const action of machine.handle(event, at)) {
      if (action.kind === 'over') endedMs = at;
      if (action.kind !== 'answer') continue;
      if (action.status === 'accepted' && isSecond) repeated.add(action.client);
      if (action.code === 'round-over') tooLate.add(action.client);
    }
  };
  let isSecond = false;
  const ordered = arrivals
    .flatMap((arrival, position) =>
      arrival.kind === 'never' ? [] : [{ arrival, client: cohort[position]! }],
    )
    .sort((one, other) => one.arrival.atMs - other.arrival.atMs);
  if (cohort.length === 0) tell({ kind: 'tick' }, 0);
  for (const { arrival, client } of ordered) {
    const { atMs } = arrival;
    // A report that comes with the deadline is in time.
    if (machine.wakeAt !== null && atMs > machine.wakeAt) tell({ kind: 'tick' }, machine.wakeAt);
    if (arrival.kind === 'lost') {
      const { code, reason } = arrival;
      tell({ kind: 'lost', client, address, status: 'dropped', code, reason }, atMs);
      continue;
    }
    const report = { kind: 'report', client, address, digest: client, refusal: null } as const;
    isSecond = false;
    tell(report, atMs);
    isSecond = true;
    if (arrival.isDuplicate) tell(report, atMs);
  }
  if (machine.wakeAt !== null) tell({ kind: 'tick' }, machine.wakeAt);
  const losses = machine.fates.map((fate) =>
    fate.status === 'accepted' ? null : { code: fate.code, reason: fate.reason },
  );
  // Of a phase that had enough, the others are not late: nobody waited for them.
  const late = new Set(cohort.filter((client, at) => tooLate.has(client) && losses[at]?.code === 'deadline'));
  return { losses, late, repeated, endedMs };
}
