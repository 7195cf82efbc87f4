import { describe, expect, test } from 'vitest';
import { datasetOf, numberFeature, textFeature } from '../testing/statistics-of.js';
import { inferFeature, inferSchema } from './infer-schema.js';

/** Seven examples with texts that are not worth a domain, as in TensorFlow Data Validation's `validation_api_test`. */
const free = (present: number, numValues: { min: number; max: number }) =>
  textFeature(
    'annotated',
    {},
    { numNonMissing: present, numMissing: 7 - present, numValues: { ...numValues, total: present } },
  );

describe('inferFeature', () => {
  test('gives presence, and value counts or a shape, as TensorFlow Data Validation does', () => {
    const all = free(7, { min: 1, max: 1 });
    const presence = { minFraction: 1, minCount: 1 };
    const name = 'annotated';
    expect(inferFeature(all, { inferShape: false })).toEqual({
      name,
      type: 'BYTES',
      presence,
      valueCount: { min: 1, max: 1 },
    });
    expect(inferFeature(all)).toEqual({ name, type: 'BYTES', presence, shape: [1] });
    // 5 of 7: no shape, since some have no value.
    expect(inferFeature(free(5, { min: 1, max: 1 }))).toEqual({
      name,
      type: 'BYTES',
      presence: { minCount: 1 },
      valueCount: { min: 1, max: 1 },
    });
    expect(inferFeature(free(7, { min: 0, max: 1 }))).toEqual({ name, type: 'BYTES', presence });
    expect(inferFeature(free(7, { min: 1, max: 3 }))).toEqual({
      name,
      type: 'BYTES',
      presence,
      valueCount: { min: 1 },
    });
    expect(inferFeature(free(0, { min: 0, max: 0 }))).toEqual({
      name,
      type: 'BYTES',
      presence: { minCount: 0 },
    });
  });

  test('gives a domain to a text of few values', () => {
    // 3 of 6 examples, a twice and b once.
    expect(inferFeature(textFeature('x', { a: 2, b: 1 }, { numMissing: 3 }))).toEqual({
      name: 'x',
      type: 'BYTES',
      presence: { minCount: 1 },
      valueCount: { min: 1, max: 1 },
      domain: { kind: 'string', values: ['a', 'b'] },
    });
  });

  test('gives none to a text of more values than `maxStringDomainSize`, and one of as many', () => {
    const of = (size: number) =>
      textFeature('x', Object.fromEntries(Array.from({ length: size }, (_, at) => [`v${at}`, 1])));
    expect(inferFeature(of(100)).domain).toMatchObject({ kind: 'string' });
    expect(inferFeature(of(101)).domain).toBeUndefined();
    expect(inferFeature(of(3), { maxStringDomainSize: 2 }).domain).toBeUndefined();
  });

  test('knows truths and whole numbers that are written as texts, truths first', () => {
    expect(inferFeature(textFeature('x', { '0': 2, '1': 1 })).domain).toEqual({
      kind: 'bool',
      trueValue: '1',
      falseValue: '0',
    });
    expect(inferFeature(textFeature('x', { true: 2 })).domain).toEqual({ kind: 'bool', trueValue: 'true' });
    expect(inferFeature(textFeature('x', { '7': 2, '-12': 1 })).domain).toEqual({ kind: 'int' });
    expect(inferFeature(textFeature('x', { '7': 2, seven: 1 })).domain).toEqual({
      kind: 'string',
      values: ['7', 'seven'],
    });
    expect(inferFeature(textFeature('x', { true: 1, TRUE: 1 })).domain).toMatchObject({ kind: 'string' });
  });

  test('knows numbers from 0 to 1 as truths where the extremes were asked for, and gives no bounds', () => {
    expect(inferFeature(numberFeature('x', 'INT', { min: 0, max: 1 })).domain).toEqual({ kind: 'bool' });
    expect(inferFeature(numberFeature('x', 'INT', { min: 0, max: 2 })).domain).toBeUndefined();
    expect(inferFeature(numberFeature('x', 'INT', { min: 0, max: 0 })).domain).toBeUndefined();
    expect(inferFeature(numberFeature('x', 'FLOAT', { min: 0, max: 1 })).domain).toBeUndefined();
    expect(inferFeature(numberFeature('x', 'INT', {})).domain).toBeUndefined();
  });

  test('lets values that too few clients have come again as often as they do now', () => {
    const rare = textFeature('x', { a: 6, b: 2 });
    const text = { ...rare.text!, unique: 4, otherRows: 2, withheldValues: 2 };
    // 8 of 10 rows have a value that is shown.
    expect(inferFeature({ ...rare, text })).toMatchObject({
      domain: { values: ['a', 'b'] },
      minDomainMass: 0.8,
    });
  });

  test('expects a column at all clients if all that have rows have it', () => {
    const clients = { clients: 5, withRows: 4, missingMost: 0, clientsBySize: [] };
    const of = (withValues: number) =>
      inferFeature(textFeature('x', { a: 4 }, { clients: { ...clients, withValues } }));
    expect(of(4).clients).toEqual({ minFraction: 1 });
    expect(of(3).clients).toBeUndefined();
  });
});

describe('inferSchema', () => {
  test('has every column, in the order of the table', () => {
    const schema = inferSchema(datasetOf(4, textFeature('b', { x: 4 }), numberFeature('a', 'INT', {})));
    expect(schema.features.map(({ name, type }) => [name, type])).toEqual([
      ['b', 'BYTES'],
      ['a', 'INT'],
    ]);
  });
});
