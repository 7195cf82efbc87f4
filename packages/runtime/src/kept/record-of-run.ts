// The record of a run, made of the journal that a store has of it: each line was given to the store with what it tells
// of.
import type { JournalEntry, Plain, PlainObject } from '@starling/store';
import type { RecordLine, RunLine } from '../record/record-line.js';
import { detailsOf } from './round-details.js';

/** Under this name the first line of the record stands in a run's identity: it says more, and is not compared. */
export const LINE = 'record';

/** The first line of the record of a start, as its identity in a store has it; `null` if it was written by another. */
export function runLineIn(identity: PlainObject): RunLine | null {
  return (identity[LINE] ?? null) as unknown as RunLine | null;
}

/** Without the lines of what a later start has made void. */
export function recordOfRun(journal: Iterable<JournalEntry>): readonly RecordLine[] {
  let told: { readonly line: RecordLine; readonly rounds: number }[] = [];
  /** `rounds`: how many were done by then. */
  const tell = (line: unknown, rounds: number): void => {
    if (line !== undefined) told.push({ line: line as RecordLine, rounds });
  };
  for (const entry of journal) {
    switch (entry.kind) {
      case 'started':
        told = told.filter(({ rounds }) => rounds <= entry.from);
        tell(entry.identity[LINE], entry.from);
        break;
      case 'failed':
        tell(entry.details, entry.round - 1);
        break;
      case 'commit':
        tell(detailsOf(entry.metrics)?.line, entry.round);
        break;
      case 'ended':
        tell(entry.details, roundsOf(entry.details));
        break;
      case 'attempt':
        break;
      default:
        entry satisfies never;
    }
  }
  return told.map(({ line }) => line);
}

/** Rounds done, as the last line of a record has them. */
function roundsOf(line: Plain | undefined): number {
  const { rounds } = (line ?? {}) as { readonly rounds?: number };
  return rounds ?? 0;
}
