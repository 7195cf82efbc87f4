// The lines of a file of JSON lines, each with its place in the file, and the object on it.
import { FileError, quoted } from '../errors/file-error.js';
import type { DataFile } from '../files/data-file.js';

const CHUNK_BYTES = 1 << 20;
const MAX_LINE_BYTES = 64 * CHUNK_BYTES;
const NEWLINE = 0x0a;

export type JsonRow = Readonly<Record<string, unknown>>;

/** Calls `use` for each line that is not blank: its bytes, where they begin and end in the file, and its number. */
export function eachLine(
  file: DataFile,
  use: (text: Buffer, begin: number, end: number, line: number) => void,
): void {
  file.open((read) => {
    let buffer = Buffer.allocUnsafe(CHUNK_BYTES);
    let offset = 0;
    let filled = 0;
    let line = 1;
    while (offset + filled < file.bytes || filled > 0) {
      const count = read(buffer.subarray(filled), offset + filled);
      filled += count;
      const isFileEnd = offset + filled >= file.bytes;
      let at = 0;
      while (at < filled) {
        const newline = buffer.subarray(0, filled).indexOf(NEWLINE, at);
        if (newline < 0 && !isFileEnd) break;
        const end = newline < 0 ? filled : newline;
        const text = buffer.subarray(at, end);
        if (text.some((byte) => byte > 0x20)) use(text, offset + at, offset + end, line);
        at = Math.min(filled, end + 1);
        line++;
      }
      if (at === 0 && filled === buffer.length) {
        if (buffer.length >= MAX_LINE_BYTES) {
          throw new FileError({
            path: file.path,
            line,
            need: `must end within ${MAX_LINE_BYTES} bytes`,
            got: 'a longer line',
            remedy: 'Write one object a line.',
          });
        }
        buffer = Buffer.concat([buffer, Buffer.allocUnsafe(buffer.length)]);
      }
      buffer.copyWithin(0, at, filled);
      offset += at;
      filled -= at;
    }
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
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new FileError({ ...place, need: 'must be JSON', got: quoted(reason), remedy, cause });
  }
}
