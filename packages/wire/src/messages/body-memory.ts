// Memory of what comes over sockets, used again: bodies of megabytes come and go faster than a garbage collector should
// have to follow.

export interface BodyMemory {
  /** Bytes of any content, for a body that is put together of frames. */
  take(bytes: number): Uint8Array;
  /** Says of a frame, as its socket gave it, that nothing reads it any more; or, of one that is a body, that alone. */
  frame(frame: Uint8Array, isBody: boolean): void;
  /** Says that nothing reads a body any more. Of one that is not known here nothing comes of it. */
  spent(body: Uint8Array): void;
}

export interface BodyMemoryOptions {
  /** Frees the memory of buffers at once: all arrays on them have length 0 from then on. */
  readonly free: (buffers: readonly ArrayBuffer[]) => void;
  /** Of spent bodies that wait for others of their size. */
  readonly maxBytes?: number;
}

/** Less is cheaper left to the collector. */
const LARGE_BYTES = 1 << 16;
const MAX_WAITING_BYTES = 64 << 20;

export function createBodyMemory({ free, maxBytes = MAX_WAITING_BYTES }: BodyMemoryOptions): BodyMemory {
  const taken = new WeakSet<ArrayBuffer>();
  /** Buffers that hold a frame, and nothing else. */
  const frames = new WeakSet<ArrayBuffer>();
  const waiting: Uint8Array[] = [];
  let waitingBytes = 0;

  return {
    take(bytes) {
      const at = waiting.findIndex(({ length }) => length === bytes);
      const [again] = at < 0 ? [] : waiting.splice(at, 1);
      if (again !== undefined) waitingBytes -= bytes;
      const body = again ?? new Uint8Array(bytes);
      taken.add(body.buffer as ArrayBuffer);
      return body;
    },
    frame(frame, isBody) {
      const { buffer } = frame;
      const isAlone = frame.length === buffer.byteLength && frame.length >= LARGE_BYTES;
      if (!isAlone || !(buffer instanceof ArrayBuffer)) return;
      if (isBody) frames.add(buffer);
      else free([buffer]);
    },
    spent({ buffer }) {
      if (!(buffer instanceof ArrayBuffer)) return;
      if (frames.delete(buffer)) free([buffer]);
      if (!taken.delete(buffer) || buffer.byteLength < LARGE_BYTES) return;
      // The oldest go: bodies of a size that comes no more.
      waiting.push(new Uint8Array(buffer));
      waitingBytes += buffer.byteLength;
      while (waitingBytes > maxBytes) waitingBytes -= waiting.shift()!.length;
    },
  };
}
