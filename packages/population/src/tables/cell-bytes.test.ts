// Values as bytes: every bit comes back, and the order of bytes is that of numbers.
import { describe, expect, test } from 'vitest';
import { orderedNumber, readNumber, readText, textBytes } from './cell-bytes.js';
import { type NumberFormat, numberColumn, textColumn } from './table-column.js';

const ASCENDING: Readonly<Record<NumberFormat, readonly number[]>> = {
  float64: [-Infinity, -1.7e308, -1, -5e-324, 0, 5e-324, 1 / 3, 1, 1e8 + 1, 1.7e308, Infinity, Number.NaN],
  float32: [
    -Infinity,
    -3.4028234663852886e38,
    -1.5,
    -(2 ** -149),
    0,
    2 ** -149,
    0.5,
    2 ** 100,
    Infinity,
    Number.NaN,
  ],
  int32: [-(2 ** 31), -65_536, -1, 0, 1, 255, 256, 2 ** 31 - 1],
};

describe('orderedNumber', () => {
  for (const [format, numbers] of Object.entries(ASCENDING)) {
    const column = numberColumn(format as NumberFormat);
    test(`of ${format} keeps every bit, and orders as numbers do, with NaN last`, () => {
      const bytes = numbers.map((value) => orderedNumber(column, value));
      expect(bytes.map((one) => readNumber(column, one))).toEqual(numbers);
      const sorted = [...bytes].sort((left, right) => Buffer.from(left).compare(Buffer.from(right)));
      expect(sorted).toEqual(bytes);
    });
  }

  test('has one zero and one NaN', () => {
    const column = numberColumn();
    expect(orderedNumber(column, -0)).toEqual(orderedNumber(column, 0));
    // The sign bit of a NaN may be set: its bits are those of the quiet NaN all the same, with the first one turned.
    expect(orderedNumber(column, -Number.NaN)).toEqual([0xff, 0xf8, 0, 0, 0, 0, 0, 0]);
  });

  test('refuses a number that the format does not hold', () => {
    expect(() => orderedNumber(numberColumn('int32'), 0.5)).toThrow('need one of int32, got 0.5');
    expect(() => orderedNumber(numberColumn('float32'), 0.1)).toThrow('need one of float32, got 0.1');
  });
});

describe('textBytes', () => {
  test('are UTF-8, filled up with zeros', () => {
    const column = textColumn(6);
    expect(textBytes(column, 'größe'.slice(0, 3))).toEqual([0x67, 0x72, 0xc3, 0xb6, 0, 0]);
    expect(['', 'größ', '\uFEFFab', '東京'].map((text) => readText(column, textBytes(column, text)))).toEqual(
      ['', 'größ', '\uFEFFab', '東京'],
    );
  });

  test('refuse a text that is too long or has a NUL', () => {
    expect(() => textBytes(textColumn(5), 'größe')).toThrow(
      'need at most 5 bytes without a NUL, got "größe"',
    );
    expect(() => textBytes(textColumn(5), 'a\0')).toThrow('without a NUL');
  });
});
