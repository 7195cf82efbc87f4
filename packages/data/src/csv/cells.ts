// One row of a CSV file in a buffer: where its cells begin and end (RFC 4180, with any one-byte delimiter and any
// line ending). Cells are not made into strings, so that numbers are read from the bytes; a library that makes strings
// of all cells takes four times as long on a large file.

const QUOTE = 0x22;
const NEWLINE = 0x0a;
const RETURN = 0x0d;

/** The cells of a row; one object is used for all rows. */
export class Cells {
  starts = new Int32Array(64);
  ends = new Int32Array(64);
  /** 1 for a cell in quotes, 2 for one with doubled quotes in it. */
  quotes = new Uint8Array(64);
  count = 0;
  /** Line ends inside of cells. */
  newlines = 0;

  add(start: number, end: number, quote: number): void {
    if (this.count === this.starts.length) {
      this.starts = grown(this.starts, new Int32Array(2 * this.count));
      this.ends = grown(this.ends, new Int32Array(2 * this.count));
      this.quotes = grown(this.quotes, new Uint8Array(2 * this.count));
    }
    this.starts[this.count] = start;
    this.ends[this.count] = end;
    this.quotes[this.count] = quote;
    this.count++;
  }
}

/** What is wrong with a row; `lines` are the line ends before it in the row. */
export class RowFault extends Error {
  readonly lines: number;
  readonly remedy: string;

  constructor(lines: number, need: string, remedy: string) {
    super(need);
    this.lines = lines;
    this.remedy = remedy;
  }
}

/**
 * Finds the cells of the row that begins at `begin`, and gives where the next one begins; −1 if the buffer ends at
 * `end` before the row does, unless it is the file's end. Throws a `RowFault`.
 */
export function readCells(
  bytes: Uint8Array,
  begin: number,
  end: number,
  isFileEnd: boolean,
  delimiter: number,
  cells: Cells,
): number {
  cells.count = 0;
  cells.newlines = 0;
  let at = begin;
  for (;;) {
    if (bytes[at] === QUOTE && at < end) {
      const after = readQuoted(bytes, at, end, isFileEnd, delimiter, cells);
      if (after < 0) return -1;
      at = after;
    } else {
      const start = at;
      let byte = at < end ? (bytes[at] as number) : NEWLINE;
      while (byte !== delimiter && byte !== NEWLINE && byte !== RETURN) {
        if (byte === QUOTE) {
          throw new RowFault(
            cells.newlines,
            'has a quote inside a cell that does not begin with one',
            'Put the cell in quotes, and double those in it: "5"" disk".',
          );
        }
        at++;
        byte = at < end ? (bytes[at] as number) : NEWLINE;
      }
      cells.add(start, at, 0);
    }
    if (at >= end) return isFileEnd ? end : -1;
    const byte = bytes[at] as number;
    if (byte === delimiter) {
      at++;
      continue;
    }
    if (byte === NEWLINE) return at + 1;
    // A return: alone, or before a newline that may not be in the buffer yet.
    if (at + 1 >= end && !isFileEnd) return -1;
    return bytes[at + 1] === NEWLINE && at + 1 < end ? at + 2 : at + 1;
  }
}

/** The cell in quotes at `start`; gives where its delimiter stands, or −1. */
function readQuoted(
  bytes: Uint8Array,
  start: number,
  end: number,
  isFileEnd: boolean,
  delimiter: number,
  cells: Cells,
): number {
  const linesBefore = cells.newlines;
  let quote = 1;
  let at = start + 1;
  for (; ; at++) {
    if (at >= end) {
      if (!isFileEnd) return -1;
      throw new RowFault(
        linesBefore,
        'opens a quote that is never closed',
        'Close it, or double it if it is part of the text.',
      );
    }
    const byte = bytes[at];
    if (byte === NEWLINE) cells.newlines++;
    if (byte !== QUOTE) continue;
    if (at + 1 >= end && !isFileEnd) return -1;
    if (at + 1 >= end || bytes[at + 1] !== QUOTE) break;
    quote = 2;
    at++;
  }
  cells.add(start + 1, at, quote);
  const after = at + 1;
  const byte = after < end ? (bytes[after] as number) : NEWLINE;
  if (byte === NEWLINE || byte === RETURN || byte === delimiter) return after;
  throw new RowFault(
    cells.newlines,
    'has text after the closing quote of a cell',
    'Double the quotes that are part of the text: "5"" disk".',
  );
}

/** The text of a cell, without its quotes. */
export function cellText(bytes: Buffer, cells: Cells, cell: number): string {
  const text = bytes.toString('utf8', cells.starts[cell], cells.ends[cell]);
  return cells.quotes[cell] === 2 ? text.replaceAll('""', '"') : text;
}

function grown<T extends Int32Array | Uint8Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
