// A body that many sockets get: cut into `part` frames once, so that a broadcast of megabytes lies in memory once,
// whatever the number of clients. Only the small frame in front of it is a client's own; a body that is smaller still
// goes in that frame, since a frame costs more than its bytes.
import {
  bodyParts,
  CHUNK_BYTES,
  type ControlInput,
  type ControlType,
  encodeBodyHead,
  encodeBodyMessage,
} from '@starling/wire';

/** Bodies up to this are copied into the frame in front. */
export const SMALL_BYTES = 1024;

export interface SharedBody {
  readonly bytes: number;
  /** The frames of a message with this body. `from` leaves out what the receiver has, down to a whole chunk. */
  frames<T extends ControlType>(type: T, control: ControlInput<T>, from?: number): readonly Uint8Array[];
}

/** Stream ids of one coordinator; every socket sees a selection of them, in any order. */
export function createStreamIds(): () => number {
  let last = 0;
  return () => {
    last = last === 0xffff_ffff ? 1 : last + 1;
    return last;
  };
}

export function shareBody(body: Uint8Array, stream: number, chunkBytes = CHUNK_BYTES): SharedBody {
  let parts: readonly Uint8Array[] | null = null; // cut at the first use: many blobs are never asked for
  return {
    bytes: body.length,
    frames(type, control, from = 0) {
      if (body.length <= Math.min(SMALL_BYTES, chunkBytes) && from < body.length)
        return encodeBodyMessage(type, control, body, { stream, chunkBytes });
      parts ??= bodyParts(body, { stream, chunkBytes });
      const held = Math.min(from, body.length);
      const skipped = held === body.length ? parts.length : Math.floor(held / chunkBytes);
      const start = Math.min(skipped * chunkBytes, body.length);
      return [
        encodeBodyHead(type, control, { stream, from: start, total: body.length }),
        ...parts.slice(skipped),
      ];
    },
  };
}
