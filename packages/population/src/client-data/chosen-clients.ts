// Some of the clients: by a question, the first ones, or two parts by a hash of their names. Rows are not touched.
import { deriveSeed, generator, type Seed } from '@starling/federated-core';
import { checkNumber, checkOptions, dataKinds, kinds, required } from '@starling/federated-core/plan';
import type { ClientSource } from './client-source.js';

/** What is known of a client before its rows are loaded. */
export interface KnownClient {
  readonly id: string;
  readonly index: number;
  /** How many rows it has. */
  readonly rows: number;
}

/** The clients of `indices`, in that order. */
export function chosenClients(source: ClientSource, indices: Float64Array): ClientSource {
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
  return chosenClients(source, Float64Array.from(kept));
}

/** The first `count` clients, or all if there are fewer. */
export function firstClients(source: ClientSource, count: number): ClientSource {
  checkNumber('Cannot take clients', 'count', count, { whole: true, from: 0 });
  return { ...source, size: Math.min(count, source.size) };
}

/**
 * The clients to train on and those to test on, each in order: the clients with the smallest hashes of
 * their names under the seed are for tests, their number rounded, at least one on either side. A client's hash does not
 * depend on the others, so that a file that grows moves few clients to the other side.
 */
export function splitClients(
  source: ClientSource,
  options: { readonly testShare: number; readonly seed: Seed },
): readonly [ClientSource, ClientSource] {
  const action = `Cannot split the clients of ${source.name}`;
  checkOptions(action, options, { testShare: true, seed: required(dataKinds.seed) });
  checkShare(action, options.testShare);
  const { size } = source;
  if (size < 2) throw new RangeError(`${action}: need at least 2 clients, got ${size}`);
  const test = Math.min(size - 1, Math.max(1, Math.round(options.testShare * size)));
  const seed = deriveSeed(options.seed, 'split-clients');
  const hashes = Float64Array.from({ length: size }, (_, index) =>
    generator(deriveSeed(seed, source.clientId(index))).uniform(),
  );
  const order = Float64Array.from({ length: size }, (_, index) => index).sort(
    (left, right) => (hashes[left] as number) - (hashes[right] as number) || left - right,
  );
  return [
    chosenClients(source, order.slice(test).sort()),
    chosenClients(source, order.slice(0, test).sort()),
  ];
}

/** Throws a `RangeError` unless `share` is above 0 and below 1. */
export function checkShare(action: string, share: number): void {
  checkNumber(action, 'testShare', share, { above: 0, below: 1 });
}
