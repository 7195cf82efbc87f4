import { type Dataset, float32, int32, struct, tensor } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { clientData } from './client-data.js';
import type { ClientSource } from './client-source.js';

const rowsOf = (...values: number[]): Dataset => ({
  length: values.length,
  columns: { x: tensor('float32', [values.length], Float32Array.from(values)) },
});
const source = {
  name: 'wards',
  size: 2,
  element: struct({ x: float32() }),
  clientId: (index: number) => `ward-${index}`,
  rowCount: (index: number) => index + 1,
  rows: (index: number) => (index === 0 ? rowsOf(1) : rowsOf(2, 3)),
};
const withOther = (other: object) => clientData({ ...source, ...other } as ClientSource);
const LINE = /\n {4}at .*checked-source\.test\.ts:\d+:\d+$/;

describe('clientData', () => {
  test.each([
    [{ rowCount: undefined }, 'rowCount must be a function, got undefined'],
    [{ rowCount: 3 }, 'rowCount must be a function, got 3'],
    [{ rows: [rowsOf(1)] }, 'rows must be a function, got an array of 1'],
    [{ size: '2' }, "size must be a whole number from 0 to 2147483647, got '2'"],
    [{ element: float32() }, 'element must be a struct of tensors by name'],
    [{ element: { x: float32() } }, 'element must be a type'],
    [{ rowCounts: () => 1 }, "got 'rowCounts'; did you mean 'rowCount'?"],
  ])('refuses %o', (other, message) => {
    expect(() => withOther(other)).toThrow(RangeError);
    expect(() => withOther(other)).toThrow(`Cannot make client data: `);
    expect(() => withOther(other)).toThrow(message);
    expect(() => withOther(other)).toThrow(LINE);
  });

  test('refuses ids and counts that are none, when they are asked for', () => {
    expect(() => withOther({ clientId: (index: number) => index }).clientId(1)).toThrow(
      'Cannot read clients of wards: what clientId(1) gives must be text, got 1',
    );
    expect(() => withOther({ rowCount: () => undefined }).exampleCount(1)).toThrow(
      'what rowCount(1) gives must be a whole number >= 0, got undefined',
    );
  });

  test('refuses rows that are not as many as was said, now or later', async () => {
    const message = 'rows(1) must give as many rows as rowCount(1), 3, got 2';
    for (const rows of [source.rows, async (index: number) => source.rows(index)]) {
      const data = withOther({ rowCount: (index: number) => 2 * index + 1, rows });
      await expect(data.pooled()).rejects.toThrow(message);
      await expect(data.pooled()).rejects.toThrow(LINE);
      await expect(data.moments()).rejects.toThrow(message);
      await expect((async () => data.load(1))()).rejects.toThrow(message);
    }
  });

  test('refuses rows that are not of the element', () => {
    const data = withOther({ element: struct({ x: float32(), y: int32() }) });
    expect(() => data.rows(0)).toThrow('Cannot read clients of wards: what rows(0) gives must be ');
    expect(() => data.rows(0)).toThrow('need this field, got none');
    expect(() => withOther({ rows: () => [[1]] }).rows(0)).toThrow('got an array of 1');
  });

  test('takes an object of a class, whose methods know it', async () => {
    class Wards {
      readonly name = 'wards';
      readonly size = 2;
      readonly element = source.element;
      readonly more = 1;
      clientId(index: number): string {
        return `${this.name}-${index}`;
      }
      rowCount(index: number): number {
        return index + this.more;
      }
      rows(index: number): Dataset {
        return index + this.more === 1 ? rowsOf(1) : rowsOf(2, 3);
      }
    }
    const data = clientData(new Wards()).filter(({ rows }) => rows === 2);
    expect([...data.clientIds()]).toEqual(['wards-1']);
    expect((await data.pooled()).length).toBe(2);
  });
});

describe('methods of client data', () => {
  const data = clientData(source);
  test('`filter` asks for a function that gives true or false', () => {
    expect(() => data.filter('ward-1' as never)).toThrow("keep must be a function, got 'ward-1'");
    expect(() => data.filter((async () => false) as never)).toThrow(
      "Cannot filter the clients of wards: what keep gives for 'ward-0' must be true or false, got a Promise. Await",
    );
  });

  test('`standardize` asks for moments, not for a promise of them', async () => {
    expect(() => data.standardize(data.moments() as never)).toThrow(
      "Cannot standardize wards: moments must be 'by-client' or moments, such as await data.moments(), got a Promise",
    );
    expect(() => data.standardize('by_client' as never)).toThrow("got 'by_client'");
    expect(() => data.standardize({ x: 1 } as never)).toThrow('moments must be');
    expect(() => data.standardize('by-client', { column: ['x'] } as never)).toThrow(
      "did you mean 'columns'?",
    );
    await expect(data.moments({ column: ['x'] } as never)).rejects.toThrow("did you mean 'columns'?");
  });
});
