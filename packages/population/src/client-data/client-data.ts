// Client data: rows of named columns, client by client, as researchers bring them. It is a population, so that a
// federation takes it as it is; and it is cut, split and changed by methods that compute when a client is asked for.
import { type Dataset, type StructType, sequence, struct, type TensorType } from '@starling/federated-core';
import type { MaybePromise } from '@starling/federated-core/plan';
import { checkIndex } from '../populations/check-index.js';
import { fingerprintOf } from '../populations/fingerprint.js';
import type { Population } from '../populations/population.js';
import type { ClientSplitOptions } from '../populations/split-population.js';
import { checkedSource } from './checked-source.js';
import { filteredClients, firstClients, type KnownClient, splitClients } from './chosen-clients.js';
import type { ClientSource } from './client-source.js';
import { type MapRow, mappedRows } from './mapped-rows.js';
import { type Moments, type MomentsOptions, momentsOf } from './moments.js';
import { pooledRows } from './pooled-rows.js';
import { type ColumnSelection, selectedColumns } from './selected-columns.js';
import { type RowSplitOptions, splitRows } from './split-rows.js';
import { standardizedByClient, standardizedColumns } from './standardized-columns.js';

/** Two parts of client data: to train on, and to test on. */
export interface TrainTest {
  readonly train: ClientData;
  readonly test: ClientData;
}

/** Clients hold `{ data }`, a sequence of `element`. No method changes what it is called on. */
export interface ClientData extends Population {
  /** What a row is: named tensors, the columns of a table. */
  readonly element: StructType;
  /** The client's rows as columns; throws a `RangeError` for a client that does not exist. */
  rows(index: number): MaybePromise<Dataset>;
  /** The clients' names, in order. */
  clientIds(): Iterable<string>;

  /** The clients for which `keep` is true, in order. It is asked of all clients at once; no rows are loaded. */
  filter(keep: (client: KnownClient) => boolean): ClientData;
  /** The first `count` clients, or all if there are fewer. */
  take(count: number): ClientData;
  /** Clients to train on and others to test on, by a hash of their names under the seed, in whatever order they are. */
  splitClients(options: ClientSplitOptions): TrainTest;
  /** The same clients twice, each with a part of its rows: at random under the seed, or the last rows for tests. */
  splitRows(options: RowSplitOptions): TrainTest;

  /** Columns by new names: `{ x: ['age', 'chol'], y: 'sick' }` gives a float32[2] column `x`, and `y` as it was. */
  select(columns: ColumnSelection): ClientData;
  /** Rows that `change` makes of rows, one of each: values of `element`, as plain numbers and arrays. */
  map(element: Readonly<Record<string, TensorType>>, change: MapRow): ClientData;
  /** Mean and standard deviation of columns over all clients, from sums that clients could send. Loads each twice. */
  moments(options?: MomentsOptions): Promise<Moments>;
  /** Columns as (x − mean) / stddev in float32, of `moments`, or `'by-client'` of each client's own moments. */
  standardize(moments: Moments | 'by-client', options?: MomentsOptions): ClientData;

  /** All rows of all clients as one dataset, in memory: to evaluate on, or to be partitioned. */
  pooled(): Promise<Dataset>;
}

/**
 * Client data over `source`, such as a reader of your own. Throws a `RangeError` for an option that is missing or of
 * another kind; loading throws where a client's rows are not as many as `rowCount` says, or not of `element`.
 */
export function clientData(source: ClientSource): ClientData {
  return dataOver(checkedSource(source));
}

/** Client data over a source that was checked, or was made of one that was. */
function dataOver(source: ClientSource): ClientData {
  const { name, size, element } = source;
  const check = (index: number): void => checkIndex(name, size, index);
  const rows = (index: number): MaybePromise<Dataset> => {
    check(index);
    return source.rows(index);
  };
  const population = {
    name,
    size,
    dataType: struct({ data: sequence(element) }),
    clientId: (index: number) => {
      check(index);
      return source.clientId(index);
    },
    exampleCount: (index: number) => {
      check(index);
      return source.rowCount(index);
    },
    load: (index: number) => {
      const data = rows(index);
      return data instanceof Promise ? data.then((there) => ({ data: there })) : { data };
    },
  };
  const both = ([train, test]: readonly [ClientSource, ClientSource]): TrainTest => ({
    train: dataOver(train),
    test: dataOver(test),
  });
  return {
    ...population,
    fingerprint: () => fingerprintOf(population, source.fingerprint),
    element,
    rows,
    *clientIds() {
      for (let index = 0; index < size; index++) yield source.clientId(index);
    },
    filter: (keep) => dataOver(filteredClients(source, keep)),
    take: (count) => dataOver(firstClients(source, count)),
    splitClients: (options) => both(splitClients(source, options)),
    splitRows: (options) => both(splitRows(source, options)),
    select: (columns) => dataOver(selectedColumns(source, columns)),
    map: (target, change) => dataOver(mappedRows(source, target, change)),
    moments: (options) => momentsOf(source, options),
    standardize: (moments, options) =>
      dataOver(
        moments === 'by-client'
          ? standardizedByClient(source, options)
          : standardizedColumns(source, moments, options),
      ),
    pooled: () => pooledRows(source),
  };
}
