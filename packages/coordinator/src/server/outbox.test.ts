import { describe, expect, test } from 'vitest';
import type { WebSocket } from 'ws';
import { createOutbox, QUEUED_FRAME_BYTES } from './outbox.js';

/** A socket that lets frames leave when it is told to. */
function socketThatWaits() {
  const waiting: { readonly frame: Uint8Array; readonly left: () => void }[] = [];
  const socket = {
    send: (frame: Uint8Array, _: unknown, left: () => void) => void waiting.push({ frame, left }),
  } as unknown as WebSocket;
  return { waiting, leave: () => waiting.shift()!.left(), outbox: createOutbox(socket, () => {}) };
}
const KIB = 1024;
const frames = (count: number, bytes: number) => Array.from({ length: count }, () => new Uint8Array(bytes));

describe('createOutbox', () => {
  test('`createOutbox` hands over half a MiB of a body at a time, and the rest as that leaves', () => {
    const { waiting, leave, outbox } = socketThatWaits();
    let done = 0;
    outbox.body(frames(5, 256 * KIB), () => done++);
    expect(waiting).toHaveLength(2);
    for (const left of [2, 2, 2, 1]) {
      leave();
      expect({ left: waiting.length, done }).toEqual({ left, done: 0 });
    }
    leave();
    expect({ done, isBusy: outbox.isBusy }).toEqual({ done: 1, isBusy: false });
  });

  test('`createOutbox` counts answers that have not left by what each costs', () => {
    const { leave, outbox } = socketThatWaits();
    for (const frame of frames(3, 100)) outbox.answer(frame);
    expect(outbox.answerBytes).toBe(3 * (100 + QUEUED_FRAME_BYTES));
    leave();
    expect(outbox.answerBytes).toBe(2 * (100 + QUEUED_FRAME_BYTES));
  });

  test('`createOutbox` sends an answer between the frames of a body', () => {
    const { waiting, outbox } = socketThatWaits();
    outbox.body(frames(9, 256 * KIB));
    outbox.answer(new Uint8Array(7));
    expect(waiting.map(({ frame }) => frame.length)).toEqual([256 * KIB, 256 * KIB, 7]);
  });

  test('`createOutbox` says that bodies are done when it stops, and takes no more', () => {
    const { waiting, outbox } = socketThatWaits();
    const done: string[] = [];
    outbox.body(frames(4, 256 * KIB), () => done.push('waiting'));
    outbox.stop();
    outbox.body(frames(1, 1), () => done.push('late'));
    expect(done).toEqual(['waiting', 'late']);
    expect(waiting).toHaveLength(2);
  });

  test('`createOutbox` calls `onIdle` each time that the last frame of a body has left', () => {
    const { leave, outbox } = socketThatWaits();
    let idle = 0;
    outbox.onIdle = () => idle++;
    outbox.body(frames(1, 1));
    outbox.body(frames(1, 1));
    leave();
    expect(idle).toBe(0);
    leave();
    expect(idle).toBe(1);
  });
});
