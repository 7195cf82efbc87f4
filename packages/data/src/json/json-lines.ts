// The lines of a file of JSON lines, each with its place in the file, and the object on it.
import { thrownWords } from '@starling/federated-core/plan';
import { FileError, quoted } from '../errors/file-error.js';
import type { DataFile } from '../files/data-file.js';
import { eachPiece } from '../files/pieces.js';

const NEWLINE = 0x0a;

export type JsonRow = Readonly<Record<string, unknown>>;

/** Calls `use` for each line that is not blank: its bytes, where they begin and end in the file, and its number. */
export function eachLine(
  file: DataFile,
  use: (text: Buffer, begin: number, end: number, line: number) => void,
): void {
  let line = 1;
  eachPiece(file, {
    begin: 0,
    take({ bytes, at, end, place, isFileEnd }) {
      const newline = bytes.subarray(0, end).indexOf(NEWLINE, at);
      if (newline < 0 && !isFileEnd) return -1;
      const lineEnd = newline < 0 ? end : newline;
      const text = bytes.subarray(at, lineEnd);
      if (text.some((byte) => byte > 0x20)) use(text, place, place + text.length, line);
      line++;
      return Math.min(end, lineEnd + 1);
    },
    tooLong: () => ({ line, got: 'a longer line', remedy: 'Write one object a line.' }),
  });
}

/** The object on a line; throws a `FileError` if it is none. */
export function parseRow(path: string, line: number, text: Buffer): JsonRow {
  const value = parseJson({ path, line }, text.toString('utf8'), 'Write one object a line.');
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonRow;
  throw new FileError({
    path,
    line,
    need: 'must hold an object',
    got: quoted(text.toString('utf8').trim()),
    remedy: 'Write one object a line, such as {"client": "a", "x": 1}.',
  });
}

/** `JSON.parse`, whose error becomes a `FileError` at `place`. */
export function parseJson(
  place: { readonly path: string; readonly line?: number; readonly client?: string },
  text: string,
  remedy: string,
): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new FileError({ ...place, need: 'must be JSON', got: quoted(thrownWords(cause)), remedy, cause });
  }
}
