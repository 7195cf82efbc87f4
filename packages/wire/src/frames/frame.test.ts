import { describe, expect, test } from 'vitest';
import { WireError } from './codes.js';
import { decodeFrame, encodeFrame } from './frame.js';

/** An `ack`-typed frame by hand: control `{}` padded to 8 bytes, stream 7, offset 3, total 5, part [9, 10]. */
const literal = Uint8Array.of(
  ...[0x53, 0x54, 0x52, 0x4c], // 'STRL'
  ...[2, 9, 0, 0], // version 2, type 9 (ack), reserved
  ...[8, 0, 0, 0], // control length
  ...[2, 0, 0, 0], // part length
  ...[7, 0, 0, 0], // stream
  ...[3, 0, 0, 0], // offset
  ...[5, 0, 0, 0], // total
  ...[0, 0, 0, 0], // reserved
  ...[0x7b, 0x7d, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20], // '{}' and six spaces
  ...[9, 10],
);

function changed(position: number, value: number): Uint8Array {
  const bytes = literal.slice();
  bytes[position] = value;
  return bytes;
}

function codeOf(bytes: Uint8Array): string {
  try {
    decodeFrame(bytes);
  } catch (error) {
    if (error instanceof WireError) return error.code;
    throw error;
  }
  return 'none';
}

describe('encodeFrame', () => {
  test('`encodeFrame` writes over memory of any content, where some is given', () => {
    const bytes = encodeFrame(
      {
        ...{ type: 'ack', control: new TextEncoder().encode('{}'), part: Uint8Array.of(9, 10) },
        ...{ stream: 7, offset: 3, total: 5 },
      },
      (length) => new Uint8Array(length).fill(0xee),
    );
    expect([...bytes]).toEqual([...literal]);
  });

  test('`encodeFrame` writes the documented bytes when given every field', () => {
    const frame = encodeFrame({
      type: 'ack',
      control: new TextEncoder().encode('{}'),
      stream: 7,
      offset: 3,
      total: 5,
      part: Uint8Array.of(9, 10),
    });
    expect([...frame]).toEqual([...literal]);
  });

  test('`encodeFrame` refuses when a number does not fit in 32 bits', () => {
    expect(() => encodeFrame({ type: 'part', total: 2 ** 32 })).toThrow(RangeError);
    expect(() => encodeFrame({ type: 'part', offset: -1 })).toThrow(RangeError);
  });
});

describe('decodeFrame', () => {
  test('`decodeFrame` reads every field when given the documented bytes', () => {
    const frame = decodeFrame(literal);
    expect(frame).toMatchObject({ version: 2, type: 'ack', stream: 7, offset: 3, total: 5 });
    expect(new TextDecoder().decode(frame.control)).toBe('{}      ');
    expect([...frame.part]).toEqual([9, 10]);
  });

  test('`decodeFrame` reads a frame of any version while none is agreed on', () => {
    expect(decodeFrame(changed(4, 9), null)).toMatchObject({ version: 9, type: 'ack' });
    expect(encodeFrame({ ...decodeFrame(literal), version: 9 })).toEqual(
      encodeFrame({ ...decodeFrame(changed(4, 9), null) }),
    );
  });

  test('`decodeFrame` gives views, not copies, when it succeeds', () => {
    expect(decodeFrame(literal).part.buffer).toBe(literal.buffer);
  });

  test.each([
    ['frame-too-short', literal.subarray(0, 31)],
    ['frame-too-short', new Uint8Array(0)],
    ['frame-bad-magic', changed(0, 0x54)],
    ['unsupported-version', changed(4, 1)],
    ['unsupported-version', changed(4, 3)],
    ['frame-unknown-type', changed(5, 15)],
    ['frame-reserved', changed(6, 1)],
    ['frame-reserved', changed(31, 1)],
    ['frame-bad-length', changed(8, 7)], // not a multiple of 8
    ['frame-bad-length', changed(12, 3)], // one byte more than there is
    ['frame-bad-length', literal.subarray(0, literal.length - 1)],
    ['control-too-big', changed(10, 2)], // 8 + 2·65536 bytes
    ['frame-too-big', changed(15, 1)], // 2 + 2^24 bytes
  ])('`decodeFrame` throws %s when the bytes deserve it', (code, bytes) => {
    expect(codeOf(bytes)).toBe(code);
  });
});
