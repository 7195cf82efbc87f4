import { describe, expect, test } from 'vitest';
import { type AggregationKind, aggregationKinds, decodeKind } from './aggregations.js';
import { decodeSettings, encodeSettings, type Settings, settingOfLeaf } from './settings.js';

const rules = { modulus: 'per-leaf', symmetric: 'flag', count: 'number', most: 'optional' } as const;

describe('encodeSettings', () => {
  test('`encodeSettings` names a number for each leaf by its position, and writes a flag as 0 or 1', () => {
    expect(encodeSettings({ modulus: [7, 11], symmetric: true, count: 3 })).toEqual({
      'modulus.0': 7,
      'modulus.1': 11,
      symmetric: 1,
      count: 3,
    });
    expect(encodeSettings({ modulus: 7, symmetric: false })).toEqual({ modulus: 7, symmetric: 0 });
  });

  test('`encodeSettings` keeps the order of names when a plan is hashed as text', () => {
    expect(JSON.stringify(encodeSettings({ b: 1, a: [2] }))).toBe('{"b":1,"a.0":2}');
  });
});

describe('decodeSettings', () => {
  test.each<Settings>([
    { modulus: 7, symmetric: false, count: 3, most: 9 },
    { modulus: [7, 11], symmetric: true, count: 3 },
    { modulus: [], symmetric: true, count: 3 },
  ])('`decodeSettings` gives back %o when it was encoded', (settings) => {
    expect(decodeSettings('it', rules, encodeSettings(settings))).toEqual(settings);
  });

  test.each([
    [{ modulus: 7, symmetric: 0 }, 'need count, got none'],
    [{ modulus: 7, symmetric: 2, count: 3 }, 'need symmetric to be 0 or 1, got 2'],
    [{ modulus: 7, count: 3 }, 'need symmetric to be 0 or 1, got none'],
    [{ symmetric: 1, count: 3, 'modulus.1': 7 }, 'need modulus, symmetric, count, most, got modulus.1'],
    [{ modulus: 7, symmetric: 1, count: 3, size: 1 }, 'need modulus, symmetric, count, most, got size'],
  ])('`decodeSettings` refuses %o', (numbers, reason) => {
    expect(() => decodeSettings('a sum', rules, numbers as unknown as Record<string, number>)).toThrow(
      `Cannot read the settings of a sum: ${reason}`,
    );
  });
});

test('`settingOfLeaf` reads one number for all leaves, or that of the leaf', () => {
  expect([settingOfLeaf(7, 3), settingOfLeaf([7, 11], 1)]).toEqual([7, 11]);
  expect(() => settingOfLeaf([7], 1)).toThrow('Cannot read the setting of leaf 1');
});

describe('decodeKind', () => {
  const settingsOfKind: Readonly<Partial<Record<AggregationKind, Readonly<Record<string, number>>>>> = {
    'secure-sum': { maxInput: 9 },
    'secure-sum-bitwidth': { 'bitwidth.0': 3, 'bitwidth.1': 5 },
    'secure-modular-sum': { modulus: 10, symmetric: 1 },
    sample: { maxSamples: 2 },
    'select-keys': { keyBound: 4, maxKeys: 2 },
    'trimmed-mean': { trimShare: 0.1 },
    krum: { faulty: 1, keep: 0 },
    'geometric-median': { smoothing: 1e-6, weighted: 1 },
    'bounded-mean': { norm: 2, weighted: 0 },
    'discounted-mean': { 'discount.0': 1, 'discount.1': 0.5 },
  };

  test.each(aggregationKinds)(
    '`decodeKind` gives %s with the settings that it takes, and no others',
    (kind) => {
      const numbers = settingsOfKind[kind];
      const decoded = decodeKind(kind, numbers);
      expect(decoded.kind).toBe(kind);
      expect(decoded.settings === undefined ? undefined : encodeSettings(decoded.settings)).toEqual(numbers);
      expect(() => decodeKind(kind, { ...numbers, strange: 1 })).toThrow(/got strange$/);
    },
  );

  test('`decodeKind` refuses a kind without its settings', () => {
    expect(() => decodeKind('sample', undefined)).toThrow(
      'Cannot read the settings of an aggregation of kind sample: need maxSamples, got none',
    );
  });
});
