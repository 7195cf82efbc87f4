// Frees buffers at once rather than at some garbage collection, so that the next call finds their memory warm and a
// process does not grow by dozens of updates in between. What is transferred to a port without another end is detached
// and dropped; JavaScript has no other way.

/** Less is cheaper left to the collector. */
const LARGE_BYTES = 1 << 14;

/** A port whose other end is closed. */
type DeadEnd = Pick<InstanceType<typeof MessageChannel>['port1'], 'postMessage'>;

let sink: DeadEnd | null = null;

/** What is worth freeing: 16 KiB or more. */
export const isLarge = (buffer: unknown): buffer is ArrayBuffer =>
  buffer instanceof ArrayBuffer && buffer.byteLength >= LARGE_BYTES;

/**
 * Frees distinct buffers: arrays on them have length 0 from now on. What a thread frees first goes
 * when its event loop has turned twice, all else at once.
 */
export function freeBuffers(buffers: readonly ArrayBuffer[]): void {
  if (buffers.length === 0) return;
  sink ??= deadEnd();
  sink.postMessage(null, buffers);
}

function deadEnd(): DeadEnd {
  const { port1, port2 } = new MessageChannel();
  port2.close();
  port1.unref?.(); // Node's alone
  return port1;
}
