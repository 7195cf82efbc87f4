// Reads a file piece by piece, such as its rows or lines, in memory that grows with the longest piece alone.
import { FileError } from '../errors/file-error.js';
import type { DataFile } from './data-file.js';

/** Bytes that are read at once. */
const CHUNK_BYTES = 1 << 20;
/** A piece may be as long. */
const MAX_PIECE_BYTES = 64 * CHUNK_BYTES;

/** Where the bytes of a piece stand. */
export interface PieceBytes {
  readonly bytes: Buffer;
  /** The piece begins at `at`; what has been read ends before `end`. */
  readonly at: number;
  readonly end: number;
  /** The byte of the file that `at` is. */
  readonly place: number;
  /** Whether `end` is the end of the file: then the piece ends there at the latest. */
  readonly isFileEnd: boolean;
}

/** How a file is cut into pieces. */
export interface Pieces {
  /** The byte with which the first piece begins. */
  readonly begin: number;
  /** Takes a piece, and gives where in `bytes` the next one begins; −1 if more must be read to tell. */
  take(piece: PieceBytes): number;
  /** The line that an error names, and what is wrong with a piece that does not end. */
  tooLong(): { readonly line: number; readonly got: string; readonly remedy: string };
}

/** Throws a `FileError` for a piece of more than 64 MiB. */
export function eachPiece(file: DataFile, { begin, take, tooLong }: Pieces): void {
  file.open((read) => {
    let bytes = Buffer.allocUnsafe(CHUNK_BYTES);
    let offset = begin;
    let end = read(bytes, offset);
    let at = 0;
    while (at < end || offset + end < file.bytes) {
      const isFileEnd = offset + end >= file.bytes;
      const next = take({ bytes, at, end, place: offset + at, isFileEnd });
      if (next >= 0) {
        at = next;
        continue;
      }
      if (at === 0 && end === bytes.length) {
        if (bytes.length >= MAX_PIECE_BYTES) {
          throw new FileError({
            path: file.path,
            need: `must end within ${MAX_PIECE_BYTES} bytes`,
            ...tooLong(),
          });
        }
        bytes = Buffer.concat([bytes, Buffer.allocUnsafe(bytes.length)]);
      }
      bytes.copyWithin(0, at, end);
      offset += at;
      end -= at;
      at = 0;
      end += read(bytes.subarray(end), offset + end);
    }
  });
}
