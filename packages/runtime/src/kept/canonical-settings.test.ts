import { describe, expect, test } from 'vitest';
import { canonicalSettings } from './canonical-settings.js';

const circle: unknown[] = [];
circle.push({ back: circle });

describe('canonicalSettings', () => {
  test('`canonicalSettings` keeps objects, and writes all else as in code', () => {
    const settings = {
      clients: 40,
      optimizer: 'ad"am',
      nested: { beta: null, on: true, left: undefined },
      rates: [0.1, -0, Number.NaN, undefined],
      layers: [{ units: 2n, kind: 'dense' }],
      start: Float32Array.of(0.5, Number.POSITIVE_INFINITY),
      seeds: Object.assign(Object.create(null) as object, { first: BigInt64Array.of(-1n) }),
    };
    expect(canonicalSettings(settings)).toEqual({
      clients: '40',
      optimizer: String.raw`"ad\"am"`,
      nested: { beta: 'null', on: 'true' },
      rates: '[0.1,-0,NaN,undefined]',
      layers: '[{"kind":"dense","units":2n}]',
      start: 'Float32Array[0.5,Infinity]',
      seeds: { first: 'BigInt64Array[-1n]' },
    });
  });

  test('`canonicalSettings` tells every value from every other', () => {
    // biome-ignore format: a value a line would be a page
    const values: readonly unknown[] = [
      0, -0, 1, 1n, '1', '1n', Number.NaN, 'NaN', Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, null, 'null',
      undefined, 'undefined', true, 'true', '', [], {}, '{}', '[]', [null], [undefined], [[]], [{}], ['1'], [1], ['1,1'],
      [1, 1], { 0: 1 }, Float32Array.of(1), Float64Array.of(1), Uint8Array.of(1), BigInt64Array.of(1n), { a: 1 },
      { a: '1' }, [{ a: 1 }], [{ a: '1' }], [{ a: { b: 1 } }], { ['__proto__']: 1 }, { 'a.b': 1 }, { a: { b: 1 } },
    ];
    const texts = values.map((x) => JSON.stringify(canonicalSettings({ x })));
    expect(new Set(texts).size).toBe(values.length);
  });

  test('`canonicalSettings` takes no notice of the order of fields, or of one that is undefined', () => {
    const one = canonicalSettings({ list: [{ a: 1, b: 2, c: undefined }], none: undefined });
    expect(one).toEqual(canonicalSettings({ list: [{ b: 2, a: 1 }] }));
    // A Buffer is a Uint8Array.
    expect(canonicalSettings({ x: Buffer.from([1]) })).toEqual(canonicalSettings({ x: Uint8Array.of(1) }));
  });

  test.each<[unknown, string]>([
    [() => 1, 'settings.x must be plain data'],
    [new Map([[1, 2]]), 'got a Map'],
    [new Set([1]), 'got a Set'],
    [/a/, 'got a RegExp'],
    [new Date(0), 'got a Date'],
    [Symbol('a'), 'got a symbol'],
    [{ [Symbol('a')]: 1 }, 'got a field named by a symbol'],
    [new (class Rate {})(), 'got a Rate'],
    [new DataView(new ArrayBuffer(1)), 'got a DataView'],
    [[{ deep: [new Map()] }], 'settings.x[0].deep[0] must be plain data'],
    [circle, 'settings.x[0].back must be plain data'],
  ])('`canonicalSettings` throws when a setting is no plain data: %o', (x, message) => {
    expect(() => canonicalSettings({ x })).toThrow(message);
    expect(() => canonicalSettings({ x })).toThrow(expect.objectContaining({ code: 'bad-run' }));
  });

  test('`canonicalSettings` takes one object in two places', () => {
    const shared = { a: 1 };
    expect(canonicalSettings({ x: shared, y: [shared, shared] })).toEqual({
      x: { a: '1' },
      y: '[{"a":1},{"a":1}]',
    });
  });
});
