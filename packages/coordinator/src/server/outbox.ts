// What waits to be written to one socket. Bodies are handed over little by little, as the socket takes them, since each
// frame that waits in it costs memory of its own, whatever its bytes are shared with; and answers, which a client can
// provoke without reading one, are counted by what they cost.
import type { WebSocket } from 'ws';

/** What a frame costs that waits in a socket, on top of its bytes: its write request, header and callbacks. */
export const QUEUED_FRAME_BYTES = 1024;
/** Bytes of bodies that wait in the socket; more wait here, by reference. */
const WINDOW_BYTES = 512 * 1024;

export interface Outbox {
  /** Sends the frames of a body, after those before; `done` is called once they have left, or never will. */
  body(frames: readonly Uint8Array[], done?: () => void): void;
  /** Sends one small frame at once, also between those of a body. */
  answer(frame: Uint8Array): void;
  /** What the answers cost that have not left, bytes. */
  readonly answerBytes: number;
  /** Frames that have left. */
  readonly left: number;
  /** Whether a body is on its way. */
  readonly isBusy: boolean;
  /** Called each time that no body is on its way any more. */
  onIdle: () => void;
  /** Sends nothing more of the bodies. */
  stop(): void;
}

interface Queued {
  readonly frame: Uint8Array;
  readonly done: (() => void) | undefined;
}

export function createOutbox(socket: WebSocket, sent: (bytes: number) => void): Outbox {
  const queue: Queued[] = [];
  let inSocket = 0;
  let answerBytes = 0;
  let left = 0;
  let isStopped = false;

  function pump(): void {
    while (queue.length > 0 && inSocket < WINDOW_BYTES) {
      const { frame, done } = queue.shift()!;
      inSocket += frame.length;
      socket.send(frame, { binary: true, compress: false }, () => {
        inSocket -= frame.length;
        left++;
        done?.();
        pump();
        if (!outbox.isBusy) outbox.onIdle();
      });
    }
  }

  const outbox: Outbox = {
    onIdle: () => {},
    body(frames, done) {
      for (const [index, frame] of isStopped ? [] : frames.entries()) {
        sent(frame.length);
        queue.push({ frame, done: index === frames.length - 1 ? done : undefined });
      }
      if (frames.length === 0 || isStopped) done?.();
      pump();
    },
    answer(frame) {
      const cost = frame.length + QUEUED_FRAME_BYTES;
      answerBytes += cost;
      sent(frame.length);
      socket.send(frame, { binary: true, compress: false }, () => {
        answerBytes -= cost;
        left++;
      });
    },
    get answerBytes() {
      return answerBytes;
    },
    get left() {
      return left;
    },
    get isBusy() {
      return inSocket > 0 || queue.length > 0;
    },
    stop() {
      isStopped = true;
      for (const { done } of queue.splice(0)) done?.();
    },
  };
  return outbox;
}
