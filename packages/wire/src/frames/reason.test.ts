import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { WireError } from './codes.js';
import { boundReason, MAX_REASON } from './reason.js';

describe('boundReason', () => {
  test.each([
    ['Cannot add: got −1 “🐦”', 'Cannot add: got −1 “🐦”'],
    ['a\nb\r\tc', 'a\\nb\\r\\tc'],
    ['\u001b[31mred\u0000', '\\u{1b}[31mred\\u{0}'],
    ['\u202egnp.exe', '\\u{202e}gnp.exe'], // from right to left
    ['half \ud83d of one', 'half \\u{d83d} of one'],
    ['x'.repeat(300), 'x'.repeat(300)],
    ['x'.repeat(301), `${'x'.repeat(299)}…`],
    [`${'x'.repeat(298)}🐦🐦`, `${'x'.repeat(298)}…`], // 🐦 is two code units, of which one would be left
  ])('`boundReason` of %j is %j', (text, expected) => {
    expect(boundReason(text)).toBe(expected);
  });

  test('`boundReason` gives a bounded line, and its own result as it is, for any text (property)', () => {
    const text = fc.string({ unit: 'binary', maxLength: 400 });
    fc.assert(
      fc.property(text, (given) => {
        const reason = boundReason(given);
        expect(reason.length).toBeLessThanOrEqual(MAX_REASON);
        expect(reason).toMatch(/^[^\p{Cc}\p{Cf}\p{Cs}]*$/u);
        expect(boundReason(reason)).toBe(reason);
      }),
    );
  });
});

test('`WireError` bounds its message, which may quote the other end', () => {
  const { message } = new WireError('unknown-client', `Cannot join as '${'\u001b'.repeat(100_000)}'`);
  expect(message.length).toBe(MAX_REASON);
  expect(message).toMatch(/^Cannot join as '\\u\{1b\}/);
});
