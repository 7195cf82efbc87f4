import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { describeValue, isPlain } from './describe-value.js';
import { refusesMissing } from './missing-fields.js';

const prototype = refusesMissing((name, object) => new Error(`${name} of ${Object.keys(object).join()}`));
const record = Object.assign(Object.create(prototype) as { a: number }, { a: 1 });

describe('refusesMissing', () => {
  test('`refusesMissing` refuses a name that an object has not, with the object', () => {
    expect(record.a).toBe(1);
    expect(() => (record as unknown as { b: number }).b).toThrow('b of a');
    expect(() => {
      const { b } = record as unknown as { b: number };
      return b;
    }).toThrow('b of a');
  });

  test('`refusesMissing` leaves objects plain: to be copied, listed, printed, awaited and described', async () => {
    expect({ ...record }).toEqual({ a: 1 });
    expect(Object.entries(record)).toEqual([['a', 1]]);
    expect('b' in record).toBe(false);
    expect(JSON.stringify(record)).toBe('{"a":1}');
    expect(await record).toBe(record);
    expect(String(record)).toBe('[object Object]');
    expect(inspect(record)).toBe('{ a: 1 }');
    expect(Object.hasOwn(record, 'b')).toBe(false);
    expect(isPlain(record)).toBe(true);
    expect(describeValue(record)).toBe('an object with fields a');
  });
});
