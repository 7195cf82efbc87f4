// Where each user's data stands in a LEAF file (Caldas et al., "LEAF: A Benchmark for Federated Settings", 2018): an
// object whose field `user_data` has an object for each user. The file is read in parts, and only nesting and quotes
// are followed, so that memory does not grow with it.
import { FileError } from '../errors/file-error.js';
import type { DataFile } from '../files/data-file.js';

const CHUNK_BYTES = 1 << 20;
/** A key is not longer than this. */
const MAX_KEY_BYTES = 65_536;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;

export interface LeafUser {
  readonly id: string;
  /** The bytes of its object: from `begin` to before `end`. */
  readonly begin: number;
  readonly end: number;
}

/** Throws a `FileError` where brackets do not match, the file ends early, or there is no `user_data`. */
export function leafUsers(file: DataFile): readonly LeafUser[] {
  const { path } = file;
  const users: LeafUser[] = [];
  let depth = 0;
  let line = 1;
  let isInString = false;
  let isEscaped = false;
  /** The last string at depth 1 or 2: a key, once a colon follows. */
  let text: number[] = [];
  let key = '';
  let isUserData = false;
  let hasUserData = false;
  let begin = -1;
  const damaged = (need: string, got: string): FileError =>
    new FileError({ path, line, need, got, remedy: 'Check that the file is whole, and a file of LEAF.' });

  const take = (byte: number, at: number): void => {
    if (byte === 0x0a) line++;
    if (isInString) {
      if (isEscaped) isEscaped = false;
      else if (byte === BACKSLASH) isEscaped = true;
      else if (byte === QUOTE) isInString = false;
      if (depth <= 2 && isInString && text.length < MAX_KEY_BYTES) text.push(byte);
      return;
    }
    if (byte === QUOTE) {
      isInString = true;
      if (depth <= 2) text = [];
      return;
    }
    if (byte === COLON && depth <= 2) {
      key = JSON.parse(`"${Buffer.from(text).toString('utf8')}"`) as string;
      if (depth === 1) isUserData = key === 'user_data';
      return;
    }
    if (byte === 0x7b || byte === 0x5b) {
      if (depth === 0 && byte !== 0x7b) throw damaged('must begin with an object', "'['");
      if (depth === 1 && isUserData) hasUserData = true;
      if (depth === 2 && isUserData) begin = at;
      depth++;
    } else if (byte === 0x7d || byte === 0x5d) {
      depth--;
      if (depth < 0)
        throw damaged('must close no more brackets than it opens', `'${String.fromCharCode(byte)}'`);
      if (depth === 2 && isUserData) users.push({ id: key, begin, end: at + 1 });
    } else if (depth === 0 && byte > 0x20)
      throw damaged('must begin with an object', `'${String.fromCharCode(byte)}'`);
  };

  file.open((read) => {
    const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
    for (let offset = 0; offset < file.bytes; ) {
      const count = read(buffer, offset);
      let at = 0;
      while (at < count) {
        // Numbers and text deep inside are passed over in a short loop.
        if (depth > 2 && !isInString) {
          let byte = buffer[at] as number;
          while (at < count && ((byte >= 0x2b && byte <= 0x39) || byte === 0x20))
            byte = buffer[++at] as number;
          if (at >= count) break;
        }
        take(buffer[at] as number, offset + at);
        at++;
      }
      offset += count;
    }
  });
  if (depth !== 0 || isInString) throw damaged('must be whole', 'an end in the middle of its data');
  if (!hasUserData) throw damaged("must have a field 'user_data'", 'none');
  return users;
}
