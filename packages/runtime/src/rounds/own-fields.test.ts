import { inspect } from 'node:util';
import { tensor } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { withOwnFields } from './own-fields.js';

const weights = tensor('float32', [2], Float32Array.of(1, 2));
const given = { model: { weights }, loss: 0.5, each: [{ name: 'ann' }] };
const value = withOwnFields('metrics', given);
const asAny = value as unknown as Record<string, Record<string, unknown>>;

describe('withOwnFields', () => {
  test('`withOwnFields` refuses a name that a struct has not, with those that it has', () => {
    expect(() => asAny['los']).toThrow(
      /^Cannot read 'los' of metrics: need one of its fields model, loss, each, got 'los'; did you mean 'loss'\?\n {4}at .*own-fields\.test\.ts/,
    );
    expect(() => asAny['model']?.['weigths']).toThrow("Cannot read 'weigths' of metrics.model: need one of");
  });

  test('`withOwnFields` leaves values to be compared, copied, printed, sent and awaited', async () => {
    expect(value).toEqual(given);
    expect(value).toStrictEqual(given);
    expect({ ...value }.model.weights).toBe(weights);
    expect(JSON.stringify(value)).toBe(JSON.stringify(given));
    expect(structuredClone(value)).toEqual(given);
    expect(inspect(value)).toBe(inspect(given));
    expect('los' in value).toBe(false);
    expect(await value).toBe(value);
    expect(Reflect.get(value, Symbol.iterator)).toBeUndefined();
  });

  test.each([[7], [null], [undefined], ['text'], [[{ a: 1 }]], [weights]])('leaves %o as it is', (other) => {
    expect(withOwnFields('metrics', other)).toBe(other);
  });
});
