import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createFrameMeter } from './frame-meter.js';

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));

/** A masked frame of RFC 6455, section 5.2; its mask is zero. */
function frame(opcode: number, isFinal: boolean, length: number): Uint8Array {
  const extended = length < 126 ? 0 : length < 65_536 ? 2 : 8;
  const made = new Uint8Array(2 + extended + 4 + length);
  const view = new DataView(made.buffer);
  made[0] = (isFinal ? 0x80 : 0) | opcode;
  made[1] = 0x80 | (extended === 0 ? length : extended === 2 ? 126 : 127);
  if (extended === 2) view.setUint16(2, length);
  if (extended === 8) view.setBigUint64(2, BigInt(length));
  return made;
}

describe('createFrameMeter', () => {
  test('`createFrameMeter` counts a message, and knows its length from its header alone', () => {
    const meter = createFrameMeter();
    meter.push(bytes('82 fe 01 00 00 00 00 00')); // binary, final, masked, 256 bytes
    expect(meter).toMatchObject({ messageBytes: 256, isInMessage: true, messages: 0 });
    meter.push(new Uint8Array(255));
    expect(meter).toMatchObject({ messageBytes: 256, isInMessage: true, messages: 0 });
    meter.push(new Uint8Array(1));
    expect(meter).toMatchObject({ messageBytes: 0, isInMessage: false, messages: 1 });
  });

  test('`createFrameMeter` sees through a ping between two fragments', () => {
    const meter = createFrameMeter();
    meter.push(bytes('02 81 00 00 00 00 61')); // binary, not final, one byte
    meter.push(bytes('89 80 00 00 00 00')); // an empty ping
    expect(meter).toMatchObject({ messageBytes: 1, isInMessage: true, messages: 0 });
    meter.push(bytes('80 82 00 00 00 00 62 63')); // its end, two bytes
    expect(meter).toMatchObject({ messageBytes: 0, isInMessage: false, messages: 1 });
  });

  test('`createFrameMeter` gives a length beyond what can be counted as a number that is too great', () => {
    const meter = createFrameMeter();
    meter.push(bytes('82 ff ff ff ff ff ff ff ff ff 00 00 00 00'));
    expect(meter.messageBytes).toBe(2 ** 64);
  });

  test('`createFrameMeter` counts the same however the bytes are cut (property)', () => {
    const sizes = fc.array(fc.nat({ max: 70_000 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(
        fc.array(sizes, { maxLength: 4 }),
        fc.array(fc.nat(), { maxLength: 30 }),
        (messages, cuts) => {
          const frames = messages.flatMap((fragments) =>
            fragments.flatMap((size, index) => [
              frame(index === 0 ? 2 : 0, index === fragments.length - 1, size),
              frame(9, true, 5),
            ]),
          );
          const all = Buffer.concat([...frames, frame(2, false, 3)]);
          const at = [0, ...cuts.map((cut) => cut % all.length), all.length].sort(
            (one, other) => one - other,
          );
          const meter = createFrameMeter();
          for (const [index, from] of at.entries()) meter.push(all.subarray(from, at[index + 1] ?? from));
          expect(meter).toMatchObject({ messages: messages.length, messageBytes: 3, isInMessage: true });
        },
      ),
    );
  });
});
