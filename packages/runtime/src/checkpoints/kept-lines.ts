// Which lines of a record stay when a run is taken up again: those of what is committed. Rows of metrics, as versions
// before the record kept them, become lines of it, so that a file has one form.
import { namedMetrics } from '../record/lines.js';
import type { RecordLine } from '../record/record-line.js';

/** `text`: JSON lines. Leaves out what tells of rounds after `round`, and a last line cut short by a crash. */
export function keptLines(text: string, round: number): readonly RecordLine[] {
  return text.split('\n').flatMap((line) => {
    const read = readLine(line);
    return read !== null && roundsBy(read) <= round ? [read] : [];
  });
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

/** `null` for what is no line. Lines are not checked further: this version has written them, or a later one has. */
function readLine(line: string): RecordLine | null {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  return 'type' in value ? (value as RecordLine) : earlierRound(value as EarlierRow);
}

/** What a row of metrics was before there was a record. */
interface EarlierRow {
  readonly round: number;
  readonly metrics?: unknown;
  readonly evaluation?: never;
  readonly wallMs?: number;
}

function earlierRound({ round, metrics, evaluation, wallMs = 0 }: EarlierRow): RecordLine | null {
  if (!Number.isSafeInteger(round)) return null;
  return {
    type: 'earlier-round',
    round,
    metrics: namedMetrics(metrics),
    ...(evaluation === undefined ? {} : { evaluation }),
    wallMs,
  };
}
