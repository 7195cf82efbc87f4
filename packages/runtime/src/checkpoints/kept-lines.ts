// Which lines of a record stay when a run is taken up again: those of what is committed.
import type { RecordLine } from '../record/record-line.js';

/** Leaves out what tells of rounds after `round`. */
export function keptLines(lines: readonly RecordLine[], round: number): readonly RecordLine[] {
  return lines.filter((line) => roundsBy(line) <= round);
}

/** How many rounds were done by the time of the line. */
function roundsBy(line: RecordLine): number {
  switch (line.type) {
    case 'run':
      return line.from;
    case 'done':
    case 'failed':
      return line.rounds;
    default:
      return line.round;
  }
}
