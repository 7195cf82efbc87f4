// Keeps the rows of the clients that were asked for last, so that a client that trains again is not read again.
import type { Dataset, Tensor } from '@starling/federated-core';
import { checkNumber, type MaybePromise } from '@starling/federated-core/plan';

const DEFAULT_CACHE_BYTES = 64 * 2 ** 20;

/** `load`, with the results of the last clients kept up to `maxBytes`; none with 0. */
export function cachedRows(
  load: (index: number) => MaybePromise<Dataset>,
  maxBytes: number = DEFAULT_CACHE_BYTES,
): (index: number) => MaybePromise<Dataset> {
  checkNumber('Cannot keep rows', 'cacheBytes', maxBytes, { whole: true, from: 0 });
  const kept = new Map<number, { readonly dataset: Dataset; readonly bytes: number }>();
  let total = 0;
  const keep = (index: number, dataset: Dataset): Dataset => {
    const bytes = bytesOf(dataset);
    if (bytes > maxBytes || kept.has(index)) return dataset;
    kept.set(index, { dataset, bytes });
    total += bytes;
    for (const [oldest, entry] of kept) {
      if (total <= maxBytes) break;
      kept.delete(oldest);
      total -= entry.bytes;
    }
    return dataset;
  };
  return (index) => {
    const entry = kept.get(index);
    if (entry !== undefined) {
      kept.delete(index); // to the end: asked for last
      kept.set(index, entry);
      return entry.dataset;
    }
    const loaded = load(index);
    return loaded instanceof Promise ? loaded.then((there) => keep(index, there)) : keep(index, loaded);
  };
}

function bytesOf({ columns }: Dataset): number {
  let bytes = 0;
  for (const { data } of Object.values(columns as Readonly<Record<string, Tensor>>)) {
    bytes += ArrayBuffer.isView(data) ? data.byteLength : 16 * data.length;
  }
  return bytes;
}
