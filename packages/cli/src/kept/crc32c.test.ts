import { describe, expect, test } from 'vitest';
import { crc32c, maskedCrc32c } from './crc32c.js';

describe('crc32c', () => {
  // RFC 3720, B.4: the CRCs of 32 bytes, written there byte by byte, lowest first.
  test.each([
    ['zeros', new Uint8Array(32), 0x8a9136aa],
    ['ones', new Uint8Array(32).fill(0xff), 0x62a8ab43],
    ['ascending bytes', Uint8Array.from({ length: 32 }, (_, byte) => byte), 0x46dd794e],
    ['descending bytes', Uint8Array.from({ length: 32 }, (_, byte) => 31 - byte), 0x113fdb5c],
    ["the check value's digits", new TextEncoder().encode('123456789'), 0xe3069283],
  ])('of %s is that of RFC 3720', (_, data, crc) => {
    expect(crc32c(data)).toBe(crc);
  });
});

test('`maskedCrc32c` rotates and adds a constant, as record_writer.h does', () => {
  // 0xe3069283 rotated right by 15: 0x2507c60d; plus 0xa282ead8: 0xc78ab0e5.
  expect(maskedCrc32c(new TextEncoder().encode('123456789'))).toBe(0xc78ab0e5);
});
