// An entry as one line of text that is known again: its number, a hash over both, and JSON. A line that was cut or
// changed is not taken for an entry, and a number that is missing shows that one is gone.
import { createHash } from 'node:crypto';
import type { JournalEntry } from '../runs/journal-entry.js';
import type { Damage } from '../runs/run-store.js';

export interface Line {
  /** From 0, one after another; written again, it keeps its number. */
  readonly number: number;
  readonly entry: JournalEntry;
}

/** Of a SHA-256, hexadecimal: 128 bits. */
const HASH_DIGITS = 32;

export function sha256(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** A text behind a hash by which it is known again. */
export function hashed(text: string): string {
  return `${sha256(text).slice(0, HASH_DIGITS)} ${text}`;
}

/** The text behind its hash; `null` for what is none as it was written. */
export function unhashed(written: string): string | null {
  const text = written.slice(HASH_DIGITS + 1);
  return hashed(text) === written ? text : null;
}

/** Without a newline. */
export function formatLine({ number, entry }: Line): string {
  return hashed(`${number} ${JSON.stringify(entry)}`);
}

/** `null` for what is no line as it was written. */
export function parseLine(text: string): Line | null {
  const body = unhashed(text);
  if (body === null) return null;
  const space = body.indexOf(' ');
  return { number: Number(body.slice(0, space)), entry: JSON.parse(body.slice(space + 1)) as JournalEntry };
}

/** What was read of a journal. */
export interface ReadLines {
  readonly lines: readonly Line[];
  readonly damage: readonly Damage[];
}

/** All whole lines of those that `texts` are to be, and what is wrong with the others; they were read from `where`. */
export function parseLines(texts: readonly string[], where: string): ReadLines {
  const lines: Line[] = [];
  const damage: Damage[] = [];
  let broken = 0;
  for (const [index, text] of texts.entries()) {
    const place = `${where}, line ${index + 1}`;
    const line = parseLine(text);
    if (line === null) {
      damage.push({ where: place, reason: 'it is not as it was written' });
      broken++;
      continue;
    }
    const missing = line.number - (lines.at(-1)?.number ?? -1) - 1;
    if (missing < 0) continue; // written a second time, after the disk had refused: the first one counts
    if (missing > broken)
      damage.push({ where: place, reason: `${missing - broken} entries before it are missing` });
    lines.push(line);
    broken = 0;
  }
  return { lines, damage };
}
