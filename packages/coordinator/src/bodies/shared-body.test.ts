import { createAssembler, decodeFrame, type PartialBody } from '@starling/wire';
import { describe, expect, test } from 'vitest';
import { createStreamIds, shareBody } from './shared-body.js';

const control = { hash: 'c'.repeat(64) };
const body = Uint8Array.from({ length: 100 }, (_, index) => index);

/** What a receiver that holds the first `received` bytes makes of the frames. */
function receive(frames: readonly Uint8Array[], received: number): Uint8Array | null | undefined {
  const bytes = new Uint8Array(100);
  bytes.set(body.subarray(0, received));
  const held = { message: { type: 'blob', control }, bytes, received } as PartialBody;
  const assembler = createAssembler({ resume: () => held });
  return frames.map((frame) => assembler.push(decodeFrame(frame))).find((message) => message !== null)?.body;
}

describe('shareBody', () => {
  test.each([
    [0, 5], // a head, and parts of 32, 32, 32 and 4 bytes
    [31, 5], // less than a chunk is held: all of it again
    [32, 4],
    [70, 3], // continues at byte 64
    [99, 2], // continues at byte 96
    [100, 1], // all is held: the head alone
    [5000, 1],
  ])('`shareBody` sends what is missing when %d bytes are held', (held, count) => {
    const frames = shareBody(body, 1, 32).frames('blob', control, held);
    expect(frames).toHaveLength(count);
    expect([...(receive(frames, Math.min(held, 100)) ?? [])]).toEqual([...body]);
  });

  test.each([
    [0, 1],
    [99, 1], // all of it again
    [100, 1], // the head alone
  ])('`shareBody` sends a small body in one frame when %d bytes are held', (held, count) => {
    const frames = shareBody(body, 1).frames('blob', control, held);
    expect(frames).toHaveLength(count);
    expect([...(receive(frames, held) ?? [])]).toEqual([...body]);
  });

  test('`shareBody` gives every socket the same buffers when it is asked again', () => {
    const shared = shareBody(body, 1, 32);
    const [, ...first] = shared.frames('blob', control);
    const [, ...second] = shared.frames('blob', control);
    expect(first.map((frame, index) => frame === second[index])).toEqual([true, true, true, true]);
  });
});

describe('createStreamIds', () => {
  test('`createStreamIds` counts from 1 when asked, for 0 means no body', () => {
    const next = createStreamIds();
    expect([next(), next(), next()]).toEqual([1, 2, 3]);
  });
});
