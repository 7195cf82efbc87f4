// The record of a run, made of what a store has of it: each line of it was given to the store with what it tells of.
import type { Plain, PlainObject, StoreRecord } from '@starling/store';
import type { RecordLine, RunLine } from '../record/record-line.js';
import { detailsOf } from './round-details.js';

/** Under this name the first line of the record stands in a run's identity: it says more, and is not compared. */
export const LINE = 'record';

/** The first line of the record of a start, as its identity in a store has it; `null` if it was written by another. */
export function runLineIn(identity: PlainObject): RunLine | null {
  return (identity[LINE] ?? null) as unknown as RunLine | null;
}

/** Without the lines of what a later start has made void. */
export function recordOfRun(records: Iterable<StoreRecord>): readonly RecordLine[] {
  let told: { readonly line: RecordLine; readonly rounds: number }[] = [];
  /** `rounds`: how many were done by then. */
  const tell = (line: unknown, rounds: number): void => {
    if (line !== undefined) told.push({ line: line as RecordLine, rounds });
  };
  for (const record of records) {
    switch (record.kind) {
      case 'started':
        told = told.filter(({ rounds }) => rounds <= record.from);
        tell(record.identity[LINE], record.from);
        break;
      case 'failed':
        tell(record.details, record.round - 1);
        break;
      case 'commit':
        tell(detailsOf(record.metrics)?.line, record.round);
        break;
      case 'ended':
        tell(record.details, roundsOf(record.details));
        break;
      case 'attempt':
        break;
      default:
        record satisfies never;
    }
  }
  return told.map(({ line }) => line);
}

/** Rounds done, as the last line of a record has them. */
function roundsOf(line: Plain | undefined): number {
  const { rounds } = (line ?? {}) as { readonly rounds?: number };
  return rounds ?? 0;
}
