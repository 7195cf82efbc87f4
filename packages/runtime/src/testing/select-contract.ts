// What the runtime contract asks of `federatedSelect`: keys go up, and each client gets its own slices.
import { int32, struct, toValue } from '@starling/federated-core';
import { populationOf } from '@starling/population';
import { assert, expect, test } from 'vitest';
import type { Agreement } from './agreement.js';
import { followedLinks, keys, noisyRows, rowsByKeys } from './select-computations.js';

/** A server's table of four rows. */
const table = [1, 2, 3, 4].map((row) => [row, 10 * row]);

export function selectContract(name: string, { agreed }: Agreement): void {
  test(`\`${name}\` gives each client the slices of its keys, in order, duplicates and none included`, async () => {
    // Rows [1, 10], [2, 20], [3, 30], [4, 40]: 2 + 4 + 4 of the first client, 1 of the second, none of the third.
    const population = keys([[1, 3, 3], [0], []]);
    const options = { serverArguments: { table }, rounds: 2 };
    for (const { value, reports } of await agreed(rowsByKeys, population, [0, 1, 2], options)) {
      expect(value).toMatchObject({ rows: { data: Float32Array.of(11, 110) }, clients: 3 });
      for (const { status } of reports) assert.equal(status, 'accepted');
    }
    const [nobody] = await agreed(rowsByKeys, population, [], options);
    expect(nobody!.value).toMatchObject({ rows: { data: Float32Array.of(0, 0) }, clients: 0 });
  });

  test(`\`${name}\` refuses a client with a key out of range before any slice is sent`, async () => {
    const population = keys([[1], [4], [2, -1], [3]]);
    const [outcome] = await agreed(rowsByKeys, population, [0, 1, 2, 3], { serverArguments: { table } });
    expect(outcome!.value).toMatchObject({ rows: { data: Float32Array.of(6, 60) }, clients: 2 });
    assert.deepEqual(
      outcome!.reports.map((report) => (report.status === 'rejected' ? report.code : report.status)),
      ['accepted', 'key-out-of-range', 'key-out-of-range', 'accepted'],
    );
  });

  test(`\`${name}\` continues without a client that is refused after it has sent its keys`, async () => {
    // The second row is not finite, so what its client makes of it is refused; the keys of all had counted.
    const broken = [
      [1, 10],
      [Number.NaN, 20],
      [3, 30],
      [4, 40],
    ];
    const options = { serverArguments: { table: broken } };
    const [outcome] = await agreed(rowsByKeys, keys([[0], [1], [2, 0]]), [2, 1, 0], options);
    expect(outcome!.value).toMatchObject({ rows: { data: Float32Array.of(5, 50) }, clients: 3 });
    expect(outcome!.reports[1]).toMatchObject({ status: 'rejected', code: 'non-finite-update' });
  });

  test(`\`${name}\` slices once a key and round, with draws that are the key's`, async () => {
    const zeros = Array.from({ length: 4 }, () => [0, 0]);
    const options = { serverArguments: { table: zeros }, rounds: 2 };
    const sums = async (lists: readonly (readonly number[])[]) => {
      const cohort = lists.map((_, index) => index);
      const outcomes = await agreed(noisyRows, keys(lists), cohort, options);
      return outcomes.map(({ value }) => Array.from((value as { readonly data: Float32Array }).data));
    };
    const [one, later] = await sums([[2]]);
    const [three] = await sums([[2], [2, 2]]);
    assert.deepEqual(
      three,
      one!.map((drawn) => Math.fround(drawn + 2 * drawn)),
    );
    assert.notDeepEqual(later, one);
  });

  test(`\`${name}\` selects by keys that were selected, and moved by an aggregate`, async () => {
    const population = populationOf(
      [[0], [1], [2]].map((key) => toValue(struct({ key: int32(1) }), { key })),
      struct({ key: int32(1) }),
    );
    const ends = {
      a: [0.5, 1.5, 2.5, 3.5],
      b: [
        [0, 1],
        [2, 3],
        [4, 5],
        [6, 7],
      ],
    };
    // Keys 0, 1, 2 link to 3, 0, 3, of mean 2; moved by 2, modulo 4: 1, 2, 1.
    const [outcome] = await agreed(followedLinks, population, [0, 1, 2], {
      serverArguments: { links: [3, 0, 3, 1], ends },
    });
    expect(outcome!.value).toMatchObject({ a: 1.5 + 2.5 + 1.5, b: { data: Int32Array.of(8, 11) } });
  });
}
