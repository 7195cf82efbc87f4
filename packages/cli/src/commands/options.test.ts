import { describe, expect, test } from 'vitest';
import { someText, wholeNumber } from './options.js';

describe('wholeNumber', () => {
  const read = wholeNumber('--rounds', 1);

  test('reads a whole number from the least up', () => {
    expect([read('1'), read('20')]).toEqual([1, 20]);
  });

  test.each(['0', '-1', '1.5', 'ten', '', ' '])("names the option when it gets '%s'", (text) => {
    expect(() => read(text)).toThrow(
      `Cannot read --rounds: it must be a whole number from 1 up, got '${text}'`,
    );
  });
});

describe('someText', () => {
  const read = someText('--to', (text) => text.length);

  test('gives what is read of some text', () => {
    expect(read('model.onnx')).toBe(10);
  });

  test.each(['', ' '])("names the option when it gets '%s'", (text) => {
    expect(() => read(text)).toThrow(`Cannot read --to: need text, got '${text}'; leave it out to have none`);
  });
});
