// The computations that the runtime contract selects with, and clients that hold keys.
import { localComputation, random, tf } from '@starling/compute';
import {
  atClients,
  atServer,
  federatedBroadcast,
  federatedComputation,
  federatedMap,
  federatedMean,
  federatedSelect,
  federatedSequenceReduce,
  federatedSequenceSum,
  federatedSum,
  federatedValue,
  float32,
  int32,
  struct,
  toValue,
} from '@starling/federated-core';
import { type Population, populationOf } from '@starling/population';

const rowOf = localComputation(
  { table: float32(4, 2), key: int32() },
  ({ table, key }) => tf.gather(table, key),
  {
    name: 'rowOf',
  },
);
const noisyRowOf = localComputation(
  { table: float32(4, 2), key: int32() },
  ({ table, key }) => tf.add(tf.gather(table, key), random.uniform([2])),
  { name: 'noisyRowOf' },
);
const tableAndKeys = { table: atServer(float32(4, 2)), keys: atClients(int32(null)) };

/** The sum of the rows that clients ask for, and how many clients there were before any row was sent. */
export const rowsByKeys = federatedComputation(
  tableAndKeys,
  ({ table, keys }) => ({
    rows: federatedSum(federatedSequenceSum(federatedSelect(table, { keys, keyBound: 4, slice: rowOf }))),
    clients: federatedSum(federatedValue(1, 'CLIENTS', float32())),
  }),
  { name: 'rowsByKeys' },
);

/** Rows that the server made noisy: once a key, whichever client asks for it. */
export const noisyRows = federatedComputation(
  tableAndKeys,
  ({ table, keys }) =>
    federatedSum(federatedSequenceSum(federatedSelect(table, { keys, keyBound: 4, slice: noisyRowOf }))),
  { name: 'noisyRows' },
);

/**
 * Rows of a table of links, by what they link to once more, and the struct that the far end holds: four round trips,
 * since the last keys are moved by the mean of what the first rows hold.
 */
export const followedLinks = federatedComputation(
  {
    key: atClients(int32(1)),
    links: atServer(int32(4)),
    ends: atServer(struct({ a: float32(4), b: int32(4, 2) })),
  },
  ({ key, links, ends }) => {
    const linkOf = localComputation({ links: int32(4), key: int32() }, (given) =>
      tf.reshape(tf.gather(given.links, given.key), [1]),
    );
    const endOf = localComputation(
      { ends: struct({ a: float32(4), b: int32(4, 2) }), key: int32() },
      ({ ends: { a, b }, key: wanted }) => ({ a: tf.gather(a, wanted), b: tf.gather(b, wanted) }),
    );
    const only = localComputation({ sum: int32(1), next: int32(1) }, ({ next }) => next);
    const toFloat = localComputation(int32(1), (link) => tf.cast(tf.reshape(link, []), 'float32'));
    const moved = localComputation({ link: int32(1), by: float32() }, ({ link, by }) =>
      tf.cast(tf.mod(tf.add(link, tf.cast(by, 'int32')), 4), 'int32'),
    );
    const linked = federatedSequenceReduce(
      federatedSelect(links, { keys: key, keyBound: 4, slice: linkOf }),
      [0],
      only,
    );
    const by = federatedBroadcast(federatedMean(federatedMap(toFloat, linked)));
    const ended = federatedSelect(ends, {
      keys: federatedMap(moved, { link: linked, by }),
      keyBound: 4,
      slice: endOf,
    });
    return federatedSum(federatedSequenceSum(ended));
  },
  { name: 'followedLinks' },
);

/** Clients that ask for these rows each. */
export function keys(lists: readonly (readonly number[])[]): Population {
  const type = struct({ keys: int32(null) });
  return populationOf(
    lists.map((list) => toValue(type, { keys: list })),
    type,
  );
}
