// What the methods of client data make of three hospitals: `a` with 4 patients, `b` with 1, `c` with 5.
import { type Dataset, float32, int32, seedFrom, struct, tensor, uint8 } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { populationContract } from '../populations/contract.js';
import { type ClientData, clientData } from './client-data.js';
import { concatenated } from './concatenated.js';

const element = struct({ age: float32(), beds: uint8(2), sick: int32() });
const ages: Readonly<Record<string, readonly number[]>> = {
  a: [10, 20, 30, 40],
  b: [50],
  c: [60, 70, 80, 90, 100],
};

function rowsOf(list: readonly number[]): Dataset {
  const length = list.length;
  return {
    length,
    columns: {
      age: tensor('float32', [length], Float32Array.from(list)),
      beds: tensor('uint8', [length, 2], Uint8Array.from(list.flatMap((age) => [age, age + 1]))),
      sick: tensor(
        'int32',
        [length],
        Int32Array.from(list, (age) => age / 10),
      ),
    },
  };
}

/** Counts the rows that are asked for. */
function hospitals(loads = { count: 0 }): ClientData {
  const ids = Object.keys(ages);
  return clientData({
    name: 'hospitals',
    size: ids.length,
    element,
    clientId: (index) => ids[index]!,
    rowCount: (index) => ages[ids[index]!]!.length,
    rows: async (index) => {
      loads.count++;
      return rowsOf(ages[ids[index]!]!);
    },
  });
}

const column = async (data: ClientData, index: number, name: string): Promise<readonly number[]> =>
  Array.from(((await data.rows(index)).columns as never)[name]['data'] as ArrayLike<number>);
const idsOf = (data: ClientData): readonly string[] => [...data.clientIds()];

populationContract('clientData', () => hospitals());
populationContract('clientData of all methods', () =>
  hospitals()
    .filter(({ rows }) => rows > 1)
    .splitRows({ testShare: 0.25, seed: seedFrom(1) })
    .train.standardize('by-client')
    .select({ x: ['age', 'beds'], y: 'sick' })
    .map({ z: float32(2) }, ({ x }) => ({ z: [x[0], x[2]] })),
);

describe('choosing clients', () => {
  test('`filter` and `take` keep the order, know the sizes and load nothing', () => {
    const loads = { count: 0 };
    const data = hospitals(loads);
    expect(idsOf(data.filter(({ id, rows }) => id === 'b' || rows === 5))).toEqual(['b', 'c']);
    expect(data.filter(({ index }) => index === 2).exampleCount(0)).toBe(5);
    expect(idsOf(data.take(2))).toEqual(['a', 'b']);
    expect(data.take(10).size).toBe(3);
    expect(loads.count).toBe(0);
  });

  const wards = (names: readonly string[]) =>
    clientData({
      name: 'wards',
      size: names.length,
      element,
      clientId: (index) => names[index]!,
      rowCount: () => 1,
      rows: () => rowsOf([1]),
    });
  const names = Array.from({ length: 100 }, (_, index) => `ward ${index}`);

  test('`splitClients` gives each client to one part, the same in any order of the file, another by seed', () => {
    const { train, test: tests } = wards(names).splitClients({ testShare: 0.2, seed: seedFrom(1) });
    expect([train.size, tests.size]).toEqual([80, 20]);
    expect([...idsOf(train), ...idsOf(tests)].sort()).toEqual([...names].sort());
    const turned = wards(names.toReversed()).splitClients({ testShare: 0.2, seed: seedFrom(1) });
    expect(idsOf(turned.test).toReversed()).toEqual(idsOf(tests));
    const other = wards(names).splitClients({ testShare: 0.2, seed: seedFrom(2) });
    expect(idsOf(other.test)).not.toEqual(idsOf(tests));
  });

  test('`splitClients` leaves nobody out when one client more comes, except for one at the border', () => {
    const before = idsOf(wards(names).splitClients({ testShare: 0.2, seed: seedFrom(1) }).test);
    const after = idsOf(wards(['new', ...names]).splitClients({ testShare: 0.2, seed: seedFrom(1) }).test);
    expect(before.filter((id) => !after.includes(id)).length).toBeLessThanOrEqual(1);
  });

  test('`splitClients` keeps at least one client on either side, and refuses shares outside (0, 1)', () => {
    const { train, test: tests } = hospitals().splitClients({ testShare: 0.01, seed: seedFrom(1) });
    expect([train.size, tests.size]).toEqual([2, 1]);
    expect(() => hospitals().splitClients({ testShare: 1, seed: seedFrom(1) })).toThrow(
      'testShare must be a finite number > 0 and < 1, got 1',
    );
    expect(() =>
      hospitals()
        .take(1)
        .splitClients({ testShare: 0.5, seed: seedFrom(1) }),
    ).toThrow('need at least 2 clients, got 1');
  });
});

describe('splitting rows', () => {
  test('`splitRows` gives each row to one part, in order, by shares that are rounded', async () => {
    const { train, test: tests } = hospitals().splitRows({ testShare: 0.4, seed: seedFrom(3) });
    expect([0, 1, 2].map((index) => tests.exampleCount(index))).toEqual([2, 0, 2]); // 1.6, 0.4, 2
    for (const index of [0, 1, 2]) {
      const parts = [await column(train, index, 'age'), await column(tests, index, 'age')] as const;
      for (const part of parts) expect(part).toEqual([...part].sort((left, right) => left - right));
      expect(parts.flat().sort((left, right) => left - right)).toEqual(ages[idsOf(train)[index]!]);
    }
  });

  test('`splitRows` takes the last rows for tests when they are in the order of time', async () => {
    const { train, test: tests } = hospitals().splitRows({ testShare: 0.5, order: 'last' });
    expect(await column(train, 0, 'age')).toEqual([10, 20]);
    expect(await column(tests, 0, 'age')).toEqual([30, 40]);
  });

  test('`splitRows` splits a client in the same way, whichever other clients there are', async () => {
    const options = { testShare: 0.4, seed: seedFrom(3) };
    const alone = hospitals().filter(({ id }) => id === 'c');
    expect(await column(alone.splitRows(options).test, 0, 'age')).toEqual(
      await column(hospitals().splitRows(options).test, 2, 'age'),
    );
  });

  test('`splitRows` asks for a seed when it is to choose at random', () => {
    expect(() => hospitals().splitRows({ testShare: 0.5 })).toThrow(
      "need a seed, such as seedFrom(1), or order: 'last'",
    );
  });
});

describe('changing rows', () => {
  test('`select` renames columns and lays numeric ones side by side as float32', async () => {
    const data = hospitals().select({ x: ['age', 'beds'], y: 'sick' });
    expect(data.element).toEqual(struct({ x: float32(3), y: int32() }));
    expect(await column(data, 1, 'x')).toEqual([50, 50, 51]);
    expect(await column(data, 1, 'y')).toEqual([5]);
  });

  test('`select` names the column that is not there, and the nearest one', () => {
    expect(() => hospitals().select({ x: ['agge'] })).toThrow(
      "need a column among age, beds, sick, got 'agge'; did you mean 'age'?",
    );
  });

  test('`map` makes one row of each, of numbers, booleans and arrays', async () => {
    const data = hospitals().map({ x: float32(2), y: uint8() }, ({ age, beds, sick }, id) => ({
      x: [age / 10, beds[1]],
      y: sick > 6 && id === 'c',
    }));
    expect(await column(data, 2, 'x')).toEqual([6, 61, 7, 71, 8, 81, 9, 91, 10, 101]);
    expect(await column(data, 2, 'y')).toEqual([0, 1, 1, 1, 1]);
    expect(await column(data, 1, 'y')).toEqual([0]);
  });

  test.each([
    [() => ({}), 'undefined'],
    [({ age }: { age: number }) => ({ y: age }), 'undefined'],
    [() => ({ x: 1.5 }), '1.5'],
    [() => ({ x: [1, 2] }), 'an array of 2'],
    [() => ({ x: '1' }), "'1'"],
  ])('`map` names client, row and field of what does not fit: %s', async (change, got) => {
    const data = hospitals().map({ x: int32() }, change as never);
    await expect(data.rows(0)).rejects.toThrow(
      `Cannot map the rows of hospitals: client 'a', row 0, field 'x' must be int32[], got ${got}`,
    );
  });
});

test('`map` names the fields that there are where a row is asked for another', async () => {
  const data = hospitals().map({ x: float32() }, ({ agge }) => ({ x: agge * 2 }));
  await expect(data.rows(0)).rejects.toThrow(
    /^Cannot read 'agge' of a row of hospitals: need one of its fields .*, got 'agge'; did you mean 'age'\?/,
  );
});

test('`map` gives rows that can be copied and returned', async () => {
  const data = hospitals().map({ age: float32() }, (row) => ({ ...row }));
  expect(await column(data, 0, 'age')).toEqual(await column(hospitals(), 0, 'age'));
});

describe('scales', () => {
  test('`moments` are those of all rows at once: mean 55, variance 825 of 10, 20, … 100', async () => {
    // Σ(10k − 55)² / 10 = 100 · Σ(k − 5.5)² / 10 = 100 · 8.25
    expect(await hospitals().moments()).toEqual({ age: { count: 10, mean: [55], stddev: [Math.sqrt(825)] } });
    expect((await hospitals().moments({ columns: ['beds'] }))['beds']?.mean).toEqual([55, 56]);
  });

  test('`moments` keep their digits far from zero', async () => {
    const far = hospitals().map({ v: float32() }, ({ age }) => ({ v: 2 ** 23 + age / 10 }));
    const { v } = await far.moments();
    expect(v).toEqual({ count: 10, mean: [2 ** 23 + 5.5], stddev: [Math.sqrt(8.25)] });
  });

  test('`standardize` takes constants, of other clients too, and leaves other columns', async () => {
    const data = hospitals();
    const scaled = data.standardize({ age: { count: 2, mean: [40], stddev: [20] } });
    expect(await column(scaled, 0, 'age')).toEqual([-1.5, -1, -0.5, 0]);
    expect(await column(scaled, 0, 'sick')).toEqual([1, 2, 3, 4]);
    const moments = JSON.parse(JSON.stringify(await data.moments()));
    const back = await data.standardize(moments).moments();
    expect(back['age']!.mean[0]).toBeCloseTo(0, 6);
    expect(back['age']!.stddev[0]).toBeCloseTo(1, 6);
  });

  test('`standardize` by client scales each by its own, and gives 0 where nothing varies', async () => {
    const scaled = hospitals().standardize('by-client', { columns: ['sick'] });
    expect(scaled.element).toEqual(struct({ age: float32(), beds: uint8(2), sick: float32() }));
    // 6, 7, 8, 9, 10: mean 8, variance 2
    const expected = [-2, -1, 0, 1, 2].map((distance) => Math.fround(distance * (1 / Math.sqrt(2))));
    expect(await column(scaled, 2, 'sick')).toEqual(expected);
    expect(await column(scaled, 1, 'sick')).toEqual([0]);
  });

  test('`standardize` refuses moments of another width', () => {
    expect(() => hospitals().standardize({ beds: { count: 1, mean: [0], stddev: [1] } })).toThrow(
      "column 'beds' needs 2 means, got 1",
    );
  });
});

describe('together', () => {
  test('`pooled` has all rows, in the order of the clients', async () => {
    const dataset = await hospitals().pooled();
    expect(dataset.length).toBe(10);
    expect(dataset.columns).toEqual(rowsOf(Object.values(ages).flat()).columns);
  });

  test('`concatenated` names clients by part, and refuses rows of another type', async () => {
    const data = concatenated({ north: hospitals(), south: hospitals().take(2) });
    expect(idsOf(data)).toEqual(['north/a', 'north/b', 'north/c', 'south/a', 'south/b']);
    expect(await column(data, 4, 'age')).toEqual([50]);
    expect(() => concatenated({ one: hospitals(), two: hospitals().select({ x: 'age' }) })).toThrow(
      "'two' needs rows of <age=float32,beds=uint8[2],sick=int32> as 'one' has, got <x=float32>",
    );
  });

  test('`concatenated` of a part without clients asks the right part', () => {
    const none = hospitals().filter(() => false);
    expect(idsOf(concatenated({ none, all: hospitals() }))).toEqual(['all/a', 'all/b', 'all/c']);
  });

  test('a million clients cost what one of them does', async () => {
    const loads = { count: 0 };
    const many = clientData({
      name: 'many',
      size: 1_000_000,
      element,
      clientId: (index) => `client ${index}`,
      rowCount: () => 1,
      rows: () => {
        loads.count++;
        return rowsOf([1]);
      },
    });
    const { train } = many.splitRows({ testShare: 0.1, order: 'last' });
    const changed = concatenated({
      a: train.select({ x: ['age'] }),
      b: many.take(10).select({ x: ['age'] }),
    });
    await changed.rows(999_999);
    expect(loads.count).toBe(1);
  });
});
