// A segment: a file of states one after another, each behind a head that says what it is and by what it is known again.
// It is written once, synced, and from then on read or removed as a whole; a crash may cut its end.
import type { Disk } from '../disk/disk.js';
import { hashed, sha256, unhashed } from '../durable/lines.js';
import type { ClientVersion } from './client-states.js';

/** What the head of a state says, as JSON behind its length and a hash of its own. */
interface Head extends ClientVersion {
  readonly client: string;
  readonly bytes: number;
  /** SHA-256 of the state, hexadecimal: it stays in the file. */
  readonly sha256: string;
}

/** Where a state stands in a segment. */
export interface SegmentEntry extends ClientVersion {
  /** Where its head begins. */
  readonly at: number;
  /** Of head and state. */
  readonly size: number;
}

/** Bytes of a head's length: an unsigned number, little endian. */
const LENGTH_BYTES = 4;
/** Heads are read in one piece of this many bytes; one that is longer takes a second. */
const HEAD_PIECE = 512;
/** No head is as long, whatever the client's name: what says so is damaged, and no memory is taken for it. */
const MOST_HEAD = 65_536;

/** Head and state as bytes, to be written at `start`. */
export function encodeEntry(
  client: string,
  version: ClientVersion,
  state: Uint8Array,
  start: number,
): { readonly entry: SegmentEntry; readonly bytes: Uint8Array } {
  const { id, round, base } = version;
  const head: Head = { client, id, round, base, bytes: state.length, sha256: sha256(state) };
  const text = new TextEncoder().encode(hashed(JSON.stringify(head)));
  const before = LENGTH_BYTES + text.length;
  const bytes = new Uint8Array(before + state.length);
  new DataView(bytes.buffer).setUint32(0, text.length, true);
  bytes.set(text, LENGTH_BYTES);
  bytes.set(state, before);
  return { entry: { id, round, base, at: start, size: bytes.length }, bytes };
}

/** What can be read of a segment. */
export interface SegmentEntries {
  /** By their clients, in the order of the file. */
  readonly entries: readonly (readonly [client: string, entry: SegmentEntry])[];
  /** Whether they end before a head that is there and is none: what comes after it cannot be found. */
  readonly isDamaged: boolean;
}

/** Reads head by head; what a crash has cut off is left out, and is no damage. */
export async function readEntries(disk: Disk, path: string): Promise<SegmentEntries> {
  const entries: (readonly [string, SegmentEntry])[] = [];
  for (let at = 0; ; ) {
    const piece = await disk.readPart(path, at, HEAD_PIECE);
    if (piece.length < LENGTH_BYTES) return { entries, isDamaged: false };
    const length = new DataView(piece.buffer, piece.byteOffset).getUint32(0, true);
    if (length > MOST_HEAD) return { entries, isDamaged: true };
    const text =
      piece.length >= LENGTH_BYTES + length
        ? piece.subarray(LENGTH_BYTES, LENGTH_BYTES + length)
        : await disk.readPart(path, at + LENGTH_BYTES, length);
    if (text.length < length) return { entries, isDamaged: false };
    const head = parseHead(text);
    if (head === null) return { entries, isDamaged: true };
    const { client, id, round, base, bytes } = head;
    const size = LENGTH_BYTES + length + bytes;
    entries.push([client, { id, round, base, at, size }]);
    at += size;
  }
}

/** `null` for what is no head as it was written: one changed number of a round would let go of states too early. */
function parseHead(bytes: Uint8Array): Head | null {
  const text = unhashed(new TextDecoder().decode(bytes));
  return text === null ? null : (JSON.parse(text) as Head);
}

/** The state of an entry; `null` if it is not as it was written. */
export async function readState(
  disk: Disk,
  path: string,
  { id, at, size }: SegmentEntry,
): Promise<Uint8Array | null> {
  const bytes = await disk.readPart(path, at, size);
  if (bytes.length < size) return null;
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const head = parseHead(bytes.subarray(LENGTH_BYTES, LENGTH_BYTES + length));
  const state = bytes.subarray(LENGTH_BYTES + length);
  return head?.id === id && sha256(state) === head.sha256 ? state.slice() : null;
}
