// What a report takes of a record: what the run is, its rounds, who was missing, and how it ended.
import {
  type FailedRoundLine,
  joinLost,
  type LostClients,
  type RecordLine,
  type RoundLine,
} from '@starling/runtime/events';

type LineOf<T extends RecordLine['type']> = Extract<RecordLine, { readonly type: T }>;

/** A round that is committed; one that an earlier version kept has no counts. */
export type ReportedRound = RoundLine | LineOf<'earlier-round'>;

export interface ReportedRun {
  /** Of the last start. */
  readonly run: LineOf<'run'>;
  /** `null` of a run that still continues, or was killed. */
  readonly end: LineOf<'done'> | LineOf<'failed'> | null;
  /** Ascending. */
  readonly rounds: readonly ReportedRound[];
  /** Failed rounds among them, ascending. */
  readonly failedRounds: readonly FailedRoundLine[];
  /** Of all rounds by reason. */
  readonly lost: readonly LostClients[];
}

/** Throws a `TypeError` for a record without a `run` line. */
export function reportedRun(lines: readonly RecordLine[]): ReportedRun {
  const run = lines.findLast((line) => line.type === 'run');
  if (run === undefined) throw new TypeError('Cannot report a run: its record needs a run line, got none');
  const last = lines.at(-1);
  const rounds = lines.filter((line) => line.type === 'round' || line.type === 'earlier-round');
  const failedRounds = lines.filter((line) => line.type === 'failed-round');
  const lost = [...rounds, ...failedRounds].flatMap((line) => ('lost' in line ? line.lost : []));
  return {
    run,
    end: last?.type === 'done' || last?.type === 'failed' ? last : null,
    rounds,
    failedRounds,
    lost: lost.length === 0 ? [] : joinLost(lost),
  };
}
