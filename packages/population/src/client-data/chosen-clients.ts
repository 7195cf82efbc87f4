// Some of the clients: by a question, the first ones, or two parts by a hash of their names. Rows are not touched.
import { checkNumber, kinds, warnOnce } from '@starling/federated-core/plan';
import { type ClientSplitOptions, splitByName } from '../populations/split-population.js';
import type { ClientSource } from './client-source.js';

/** What is known of a client before its rows are loaded. */
export interface KnownClient {
  readonly id: string;
  readonly index: number;
  /** How many rows it has. */
  readonly rows: number;
}

/** The clients of `indices`, in that order. */
function chosenClients(source: ClientSource, indices: Float64Array): ClientSource {
  const at = (index: number): number => indices[index] as number;
  return {
    ...source,
    size: indices.length,
    clientId: (index) => source.clientId(at(index)),
    rowCount: (index) => source.rowCount(at(index)),
    rows: (index) => source.rows(at(index)),
  };
}

/** The clients for which `keep` is true, in order; throws a `RangeError` where it gives neither true nor false. */
export function filteredClients(source: ClientSource, keep: (client: KnownClient) => boolean): ClientSource {
  const action = `Cannot filter the clients of ${source.name}`;
  kinds.callable(action, 'keep', keep);
  const kept: number[] = [];
  for (let index = 0; index < source.size; index++) {
    const id = source.clientId(index);
    const isKept: unknown = keep({ id, index, rows: source.rowCount(index) });
    kinds.flag(action, `what keep gives for '${id}'`, isKept);
    if (isKept === true) kept.push(index);
  }
  if (kept.length === 0 && source.size > 0) {
    warnOnce(
      `filter of ${source.name} keeps none of its ${source.size} clients: keep gives true for those to keep, by their { id, index, rows }`,
    );
  }
  return chosenClients(source, Float64Array.from(kept));
}

/** The first `count` clients, or all if there are fewer. */
export function firstClients(source: ClientSource, count: number): ClientSource {
  checkNumber('Cannot take clients', 'count', count, { whole: true, from: 0 });
  return { ...source, size: Math.min(count, source.size) };
}

/** The clients to train on and those to test on, as `splitByName` chooses them. */
export function splitClients(
  source: ClientSource,
  options: ClientSplitOptions,
): readonly [ClientSource, ClientSource] {
  const { train, test } = splitByName(source, options);
  return [chosenClients(source, train), chosenClients(source, test)];
}
