// Which run a socket gets a seat in. A server may host several at once: one that comes back gets to its own, one that
// asks for a run by name to that, and any other to the first that has a place for it, those first that still wait for
// clients.
import { type Control, encodeMessage, passingCodes, WireError } from '@starling/wire';
import type { Connection, Seat } from './connection.js';
import { RUN_IS_OVER, type Seats } from './hosted-session.js';
import type { Settlements } from './settlements.js';

export interface SeatingOptions {
  /** From the oldest; closed ones among them, of which the latest answers those who come late. */
  readonly sessions: () => readonly Seats[];
  readonly settlements: Settlements;
  /** Whether more runs may come, so that nobody is turned away for good. */
  readonly awaitsRuns: boolean;
  /** Whether a run that is not open is to come, or to come again. */
  readonly expectsRun: (run: string) => boolean;
}

/** Gives the seat, or `null` if the socket has heard goodbye. Throws a `WireError` if there is none for it. */
export function seatFor(
  connection: Connection,
  hello: Control<'hello'>,
  { sessions, settlements, awaitsRuns, expectsRun }: SeatingOptions,
): Seat | null {
  const { run, awaits, wants, apart } = hello;
  const outcome = awaits === null ? null : settlements.outcomeOf(hello.client ?? '', awaits);
  if (outcome !== null) connection.answer(encodeMessage('commit', outcome));
  const open = sessions().filter(({ isClosed }) => !isClosed);
  const named = wants ?? run;
  if (named !== null) {
    const own = open.find((each) => each.isOf(named));
    if (own !== undefined) return own.seat(connection, hello);
    if (settlements.isFinished(named)) {
      // The run's session may wait at its end for this very client.
      for (const each of sessions()) if (each.isOf(named)) each.hasHeardOfTheEnd(hello.client ?? '');
      connection.bye(RUN_IS_OVER);
      return null;
    }
    if (expectsRun(named)) throw new WireError('no-run', 'Cannot join now: the run is not open yet');
  }
  const last = sessions().at(-1);
  if (open.length === 0 && last !== undefined && !awaitsRuns) return last.seat(connection, hello);
  if (wants !== null) throw new WireError('unknown-run', `Cannot join: there is no run '${wants}' here`);
  return firstSeat(
    connection,
    hello,
    inNeedFirst(open.filter((each) => !apart.some((other) => each.isOf(other)))),
    {
      awaitsRuns,
    },
  );
}

function inNeedFirst(sessions: readonly Seats[]): readonly Seats[] {
  return [...sessions.filter(({ isReady }) => !isReady), ...sessions.filter(({ isReady }) => isReady)];
}

function firstSeat(
  connection: Connection,
  hello: Control<'hello'>,
  sessions: readonly Seats[],
  { awaitsRuns }: Pick<SeatingOptions, 'awaitsRuns'>,
): Seat | null {
  /** Why there is none: rather for a reason that passes. */
  let refusal: WireError | null = null;
  for (const session of sessions) {
    try {
      return session.seat(connection, hello);
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      if (refusal === null || !passingCodes.has(refusal.code)) refusal = error;
    }
  }
  if (refusal !== null && (!awaitsRuns || passingCodes.has(refusal.code))) throw refusal;
  const none = sessions.length === 0 ? 'there is none that it is not in' : 'none has a place for this client';
  throw new WireError('no-run', `Cannot join a run now: ${none}`);
}
