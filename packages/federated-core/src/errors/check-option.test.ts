import { describe, expect, test } from 'vitest';
import {
  checkChoice,
  checkNumber,
  checkOptions,
  type NumberRange,
  numberWithin,
  oneOf,
  required,
} from './check-option.js';

describe('checkNumber', () => {
  const takes: readonly (readonly [NumberRange, readonly number[]])[] = [
    [{}, [-1e30, -0, 0, 0.5, 1e30]],
    [{ from: 0 }, [-0, 0, 1e-45, 3.4e38]],
    [{ above: 0 }, [1e-45, 1, 3.4e38]],
    [{ from: 0, to: 1 }, [0, 0.5, 1]],
    [{ from: 0, below: 1 }, [0, 0.999999]],
    [{ whole: true, from: 1 }, [1, 2 ** 53 - 1]],
    // As float32, 2³¹ − 1 is 2³¹, 1 − 1e-9 is 1, 1e-50 is 0, and 1e300 is infinite: for the host they are themselves.
    [{ above: 0, to: 2 ** 31 - 1 }, [1e-50, 2 ** 31 - 1]],
    [{ above: 0, below: 1 }, [1e-50, 1 - 1e-9]],
    [{ from: 0 }, [1e-50, 1e300]],
  ];
  test.each(takes)('takes numbers within %j', (range, values) => {
    for (const value of values) expect(() => checkNumber('Cannot x', 'y', value, range)).not.toThrow();
  });

  const never = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const noNumbers = ['0.5', '', 1n, undefined, null, true, [1], {}, new Date(1), () => 1, Symbol('1')];
  const refuses: readonly (readonly [NumberRange, readonly number[], string])[] = [
    [{}, [], 'y must be a finite number, got'],
    [{ from: 0 }, [-1, -1e-9], 'y must be a finite number >= 0, got'],
    [{ above: 0 }, [0, -0, -1], 'y must be a finite number > 0, got'],
    [{ above: 0, below: 1 }, [0, 1], 'y must be a finite number > 0 and < 1, got'],
    [{ from: 0, to: 1 }, [-0.1, 1.1, 50], 'y must be a finite number from 0 to 1, got'],
    [{ from: 0, below: 1 }, [1, -0.1], 'y must be a finite number from 0 to below 1, got'],
    [{ whole: true, from: 1 }, [0, 1.5, 2 ** 53], 'y must be a whole number >= 1, got'],
    [{ whole: true, from: 1, to: 9 }, [0, 10], 'y must be a whole number from 1 to 9, got'],
  ];
  test.each(refuses)('refuses what is not within %j', (range, values, message) => {
    for (const value of [...values, ...never, ...noNumbers]) {
      expect(() => checkNumber('Cannot x', 'y', value, range)).toThrow(RangeError);
      expect(() => checkNumber('Cannot x', 'y', value, range)).toThrow(`Cannot x: ${message}`);
    }
  });

  test('says what it got', () => {
    expect(() => checkNumber('Cannot x', 'y', '0.5')).toThrow("got '0.5'");
    expect(() => checkNumber('Cannot x', 'y', 1n)).toThrow('got 1n');
    expect(() => checkNumber('Cannot x', 'y', undefined)).toThrow('got undefined');
  });

  test('refuses numbers that leave the range as float32', () => {
    // 1e300 is beyond the greatest float32, 3.4028e38; 1e-50 rounds to 0, as the least float32 is 1.4e-45; 1 − 1e-9
    // rounds to 1, as the float32 below 1 is 1 − 2^−24.
    expect(() => checkNumber('Cannot x', 'y', 1e300, { from: 0, float32: true })).toThrow(
      '>= 0 in float32, got 1e+300',
    );
    expect(() => checkNumber('Cannot x', 'y', 1e-50, { above: 0, float32: true })).toThrow(
      '> 0 in float32, got 1e-50',
    );
    expect(() => checkNumber('Cannot x', 'y', 1 - 1e-9, { from: 0, below: 1, float32: true })).toThrow(
      'below 1 in float32',
    );
  });

  test('refuses numbers that float32 holds as 0, whether 0 is within the range or not', () => {
    for (const range of [{}, { from: 0 }, { above: 0 }, { from: 0, to: 1 }]) {
      expect(() => checkNumber('Cannot x', 'y', 1e-50, { ...range, float32: true })).toThrow(
        'in float32, got 1e-50, which is 0 there',
      );
    }
    expect(() => checkNumber('Cannot x', 'y', -1e-50, { float32: true })).toThrow(
      'got -1e-50, which is 0 there',
    );
  });
});

describe('checkOptions', () => {
  interface Options {
    readonly learningRate?: number;
    readonly beta1?: number;
    readonly epochs?: number;
  }
  const check = (options: Options): void =>
    checkOptions('Cannot x', options, { learningRate: true, beta1: true, epochs: true });

  test('takes options by the names that there are', () => {
    for (const options of [{}, { beta1: 1 }, { learningRate: undefined as never, epochs: 2, beta1: 3 }])
      check(options);
    check(Object.assign(Object.create(null), { beta1: 1 }));
  });

  test.each([
    ['beta_1', "got 'beta_1'; did you mean 'beta1'?"],
    ['localEpochs', "got 'localEpochs'; did you mean 'epochs'?"],
    ['learnignRate', "got 'learnignRate'; did you mean 'learningRate'?"],
    ['lr', "got 'lr'; did you mean 'learningRate'?"],
    ['__', "got '__'"],
  ])('refuses %s', (name, message) => {
    expect(() => check({ beta1: 1, [name]: undefined })).toThrow(RangeError);
    expect(() => check({ [name]: 1 })).toThrow(
      `Cannot x: need options { learningRate, beta1, epochs }, ${message}`,
    );
  });

  test('calls the checks of options that are given, and of those that are required', () => {
    const look = (options: { readonly a?: unknown; readonly b?: unknown }): void =>
      checkOptions('Cannot x', options, { a: numberWithin({ from: 1 }), b: required(oneOf('x', 'yes')) });
    look({ a: 1, b: 'x' });
    look({ a: undefined, b: 'x' });
    expect(() => look({ a: 0, b: 'x' })).toThrow('Cannot x: a must be a finite number >= 1, got 0');
    expect(() => look({ a: 1 })).toThrow("Cannot x: b must be 'x' or 'yes', got undefined");
    expect(() => look({ b: 'yse' })).toThrow("b must be 'x' or 'yes', got 'yse'; did you mean 'yes'?");
    expect(() => look({ a: null, b: 'x' })).toThrow('got null');
  });

  test('says nothing where no name is near, and where the user’s line is', () => {
    expect(() => check({ zzz: 1 } as Options)).toThrow(/got 'zzz'\n {4}at .*check-option\.test\.ts:\d+:\d+$/);
  });

  test('refuses what is no object of options', () => {
    for (const [value, got] of [
      [0.1, '0.1'],
      [null, 'null'],
      [undefined, 'undefined'],
      [[1], 'an array of 1'],
    ] as const) {
      expect(() => check(value as never)).toThrow(`need options { learningRate, beta1, epochs }, got ${got}`);
    }
  });
});

describe('checkChoice', () => {
  test('takes the choices and nothing else', () => {
    checkChoice('Cannot x', 'y', 'a', ['a', 'b']);
    checkChoice('Cannot x', 'y', false, [true, false]);
    for (const value of ['c', undefined, 1, ['a'], true]) {
      expect(() => checkChoice('Cannot x', 'y', value, ['a', 'b'])).toThrow(
        "Cannot x: y must be 'a' or 'b', got",
      );
    }
  });
});
