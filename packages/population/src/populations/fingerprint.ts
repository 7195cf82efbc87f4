// What tells one population from another at little cost: what its kind declares, and hashes over the names, counts and
// data of a few clients. A run that is taken up again compares it, so that no other data is trained on unnoticed.
import { createHash, type Hash } from 'node:crypto';
import { formatType } from '@starling/federated-core';
import { flatten } from '@starling/federated-core/plan';
import type { Fingerprint, Population } from './population.js';

/** Clients whose name and number of examples are hashed, evenly spread. */
const NAMES = 64;
/** Clients whose data is hashed: the first, one in the middle and the last. */
const LOADS = 3;

/**
 * The name, size and type of a population, what `declared` adds, and hashes over a few clients. It loads three clients'
 * data, at most; where that cannot be had, as at a coordinator whose clients alone hold it, the fingerprint says so.
 */
export async function fingerprintOf(
  population: Omit<Population, 'fingerprint'>,
  declared: Fingerprint = {},
): Promise<Fingerprint> {
  const { name, size, dataType } = population;
  const names = createHash('sha256');
  for (const index of spread(size, NAMES)) {
    names.update(`${population.clientId(index)} ${population.exampleCount(index)}\n`);
  }
  return {
    name,
    size,
    type: formatType(dataType),
    ...declared,
    names: names.digest('hex'),
    data: await dataHash(population),
  };
}

/** A hash over lists of numbers, such as the rows of each client. */
export function hashOfLists(lists: readonly Int32Array[]): string {
  const hash = createHash('sha256');
  for (const list of lists) addBytes(hash.update(`${list.length}\n`), list);
  return hash.digest('hex');
}

async function dataHash(population: Omit<Population, 'fingerprint'>): Promise<string> {
  const hash = createHash('sha256');
  try {
    for (const index of spread(population.size, LOADS)) {
      for (const { dtype, shape, data } of flatten(population.dataType, await population.load(index))) {
        hash.update(`${dtype}[${shape.join(',')}]\n`);
        if (ArrayBuffer.isView(data)) addBytes(hash, data);
        else hash.update(JSON.stringify(data));
      }
    }
  } catch {
    return 'not at hand';
  }
  return hash.digest('hex');
}

/** Up to `count` of `size` indices, evenly spread, the first and the last among them. */
function spread(size: number, count: number): readonly number[] {
  const steps = Math.min(size, count);
  return Array.from({ length: steps }, (_, step) =>
    steps === 1 ? 0 : Math.floor((step * (size - 1)) / (steps - 1)),
  );
}

function addBytes(hash: Hash, { buffer, byteOffset, byteLength }: ArrayBufferView): void {
  hash.update(new Uint8Array(buffer, byteOffset, byteLength));
}
