import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { WireError } from '../frames/codes.js';
import { decodeFrame, encodeFrame } from '../frames/frame.js';
import {
  bodyParts,
  createAssembler,
  encodeBodyHead,
  encodeBodyMessage,
  encodeMessage,
  type Message,
} from './message.js';

const update = { run: 'one', round: 4, attempt: 1, phase: 0, broadcast: 'ab'.repeat(32) };

/** All that an assembler makes of some frames. */
function assemble(frames: readonly Uint8Array[], assembler = createAssembler()): Message[] {
  return frames.flatMap((frame) => assembler.push(decodeFrame(frame)) ?? []);
}

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof WireError) return error.code;
    throw error;
  }
  return 'none';
}

const bytesOf = (length: number) => Uint8Array.from({ length }, (_, index) => (index * 31) & 0xff);

const work = {
  ...{ ...update, seed: [1, 2] as [number, number] },
  ...{ deadlineMs: 5, received: 0 },
};

describe('createAssembler', () => {
  test('`createAssembler` takes work without a body where the broadcast is elsewhere, and nowhere else', () => {
    const [message] = assemble([encodeMessage('work', { ...work, elsewhere: true })]);
    expect(message).toMatchObject({ type: 'work', control: { elsewhere: true }, body: null });
    expect(codeOf(() => assemble([encodeMessage('work', work)]))).toBe('stream-unexpected');
    const frames = encodeBodyMessage('work', { ...work, elsewhere: true }, bytesOf(8), { stream: 1 });
    expect(codeOf(() => assemble(frames))).toBe('stream-unexpected');
  });

  test('`createAssembler` gives what was sent when a body is cut anywhere (property)', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 64 }), (length, chunkBytes) => {
        const body = bytesOf(length);
        const frames = encodeBodyMessage('update', update, body, { stream: 1, chunkBytes });
        expect(frames.length).toBe(Math.ceil(length / chunkBytes));
        const messages = assemble(frames);
        expect(messages).toHaveLength(1);
        expect(messages[0]).toMatchObject({ type: 'update', control: update });
        expect([...(messages[0]?.body ?? [])]).toEqual([...body]);
      }),
    );
  });

  test('`createAssembler` throws nothing but a WireError when frames are cut, changed or shuffled (property)', () => {
    const frames = [
      encodeMessage('hello', { client: 'mote-1', dataType: 'float32*' }),
      ...encodeBodyMessage('update', update, bytesOf(200), { stream: 1, chunkBytes: 64 }),
      ...encodeBodyMessage('blob', { hash: 'a'.repeat(64) }, bytesOf(100), { stream: 2, chunkBytes: 64 }),
    ];
    const spoilt = fc.record({
      order: fc.shuffledSubarray(frames, { minLength: 1 }),
      position: fc.nat(),
      value: fc.integer({ min: 0, max: 255 }),
      keep: fc.nat({ max: 400 }),
    });
    fc.assert(
      fc.property(spoilt, ({ order, position, value, keep }) => {
        const assembler = createAssembler();
        for (const frame of order) {
          const bytes = frame.slice(0, keep);
          if (bytes.length > 0) bytes[position % bytes.length] = value;
          codeOf(() => assembler.push(decodeFrame(bytes)));
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('`createAssembler` keeps bodies apart when their parts interleave', () => {
    const first = encodeBodyMessage('update', update, bytesOf(20), { stream: 1, chunkBytes: 8 });
    const second = encodeBodyMessage('update', { ...update, round: 5 }, bytesOf(17), {
      stream: 2,
      chunkBytes: 8,
    });
    const mixed = [first[0], second[0], first[1], second[1], second[2], first[2]] as Uint8Array[];
    expect(assemble(mixed).map((message) => message.body?.length)).toEqual([17, 20]);
  });

  test('`createAssembler` continues where an earlier socket was cut when it is given what is left of it', () => {
    const body = bytesOf(100);
    const before = createAssembler();
    const frames = encodeBodyMessage('update', update, body, { stream: 1, chunkBytes: 32 });
    assemble(frames.slice(0, 2), before);
    const [left] = before.unfinished();
    expect(left?.received).toBe(64);
    const after = createAssembler({ resume: () => left ?? null });
    const rest = encodeBodyMessage('update', update, body, { stream: 9, from: 64, chunkBytes: 32 });
    expect(rest).toHaveLength(2); // bytes 64–95 and 96–99
    expect([...(assemble(rest, after)[0]?.body ?? [])]).toEqual([...body]);
  });

  test('`createAssembler` takes a head and shared parts when a broadcast is sent so', () => {
    const body = bytesOf(50);
    const work = {
      round: 1,
      run: 'one',
      attempt: 1,
      phase: 0,
      seed: [1, 2] as [number, number],
      deadlineMs: 10,
      broadcast: 'b'.repeat(64),
      received: 0,
    };
    const head = encodeBodyHead('work', work, { stream: 3, from: 0, total: 50 });
    const messages = assemble([head, ...bodyParts(body, { stream: 3, chunkBytes: 16 })]);
    expect(messages[0]).toMatchObject({ type: 'work', control: work });
    expect([...(messages[0]?.body ?? [])]).toEqual([...body]);
  });

  const head = () => encodeBodyHead('update', update, { stream: 1, from: 0, total: 10 });
  const part = (offset: number, length: number, total = 10, stream = 1) =>
    encodeFrame({ type: 'part', stream, offset, total, part: bytesOf(length) });

  test.each([
    ['stream-unknown', () => [part(0, 4)]],
    ['stream-unknown', () => [head(), part(0, 10), part(0, 10)]], // complete after the second frame
    ['stream-bad-offset', () => [head(), part(4, 4)]],
    ['stream-bad-offset', () => [head(), part(0, 0)]],
    ['stream-bad-total', () => [head(), part(0, 4, 11)]],
    ['stream-bad-total', () => [head(), part(0, 11)]],
    ['stream-unexpected', () => [head(), head()]],
    ['stream-unexpected', () => [encodeBodyHead('update', update, { stream: 0, from: 0, total: 10 })]],
    ['stream-unexpected', () => [encodeBodyHead('update', update, { stream: 1, from: 0, total: 0 })]],
    ['stream-unexpected', () => [encodeBodyHead('bye', { reason: '' }, { stream: 1, from: 0, total: 4 })]],
    ['stream-bad-offset', () => [encodeBodyHead('update', update, { stream: 1, from: 4, total: 10 })]],
    ['control-bad-json', () => [encodeFrame({ type: 'bye', control: Uint8Array.of(0x7b) })]],
    ['control-bad-json', () => [encodeFrame({ type: 'bye', control: Uint8Array.of(0xff) })]],
    [
      'control-invalid',
      () => [encodeFrame({ type: 'bye', control: new TextEncoder().encode('{"reason":1}') })],
    ],
    ['body-too-big', () => [encodeBodyHead('update', update, { stream: 1, from: 0, total: 101 })]],
    [
      'too-many-streams',
      () => [1, 2, 3, 4, 5].map((stream) => encodeBodyHead('update', update, { stream, from: 0, total: 10 })),
    ],
  ])('`createAssembler` throws %s when the frames deserve it (%#)', (code, frames) => {
    const assembler = createAssembler({ maxBodyBytes: () => 100 });
    expect(codeOf(() => assemble(frames(), assembler))).toBe(code);
  });
});
