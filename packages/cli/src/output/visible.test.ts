import { describe, expect, test } from 'vitest';
import { visible } from './visible.js';

describe('visible', () => {
  test('`visible` shows controls and signs of direction as code, and leaves all other text', () => {
    const signs = String.fromCharCode(0x1b, 0x07, 0x9b, 0x202e, 0);
    expect(visible(signs)).toBe('\\u001b\\u0007\\u009b\\u202e\\u0000');
    expect(visible('a\tb\né 漢 👍')).toBe('a\tb\né 漢 👍');
  });

  test('`visible` leaves a line of JSON the same JSON', () => {
    const value = { reason: String.fromCharCode(0x9b, 0x202e, 0x1b) };
    expect(JSON.parse(visible(JSON.stringify(value)))).toEqual(value);
  });
});
