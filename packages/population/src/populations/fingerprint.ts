// What tells one population from another at little cost: what its kind declares, and hashes over the names, counts and
// data of a few clients. A run that is taken up again compares it, so that no other data is trained on unnoticed.
import { createHash, type Hash } from 'node:crypto';
import { formatType, StarlingError } from '@starling/federated-core';
import { checkValue, flatten, thrownWords } from '@starling/federated-core/plan';
import { evenlySpread } from '../partitioners/client-table.js';
import type { Fingerprint, Population } from './population.js';

/** Clients whose name and number of examples are hashed, evenly spread. */
const NAMES = 64;
/** Clients whose data is hashed: the first, one in the middle and the last. */
const LOADS = 3;

/**
 * The name, size and type of a population, what `declared` adds, and hashes over a few clients. It loads three clients'
 * data, at most; for a population that says that its data is not at hand, it loads none, and the fingerprint says so.
 * Throws a `StarlingError` (`bad-population`) that names the client if its name, count or data cannot be had, or its
 * data is not of the population's type.
 */
export async function fingerprintOf(
  population: Omit<Population, 'fingerprint'>,
  declared: Fingerprint = {},
): Promise<Fingerprint> {
  const { name, size, dataType } = population;
  const names = createHash('sha256');
  for (const index of evenlySpread(size, NAMES)) {
    names.update(
      await ofClient(name, index, () => `${population.clientId(index)} ${population.exampleCount(index)}\n`),
    );
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
  const { name, dataType, size, dataAtHand = true } = population;
  if (!dataAtHand) return 'not at hand';
  const hash = createHash('sha256');
  for (const index of evenlySpread(size, LOADS)) {
    const leaves = await ofClient(name, index, async () => {
      const value = await population.load(index);
      checkValue(dataType, value);
      return flatten(dataType, value);
    });
    for (const { dtype, shape, data } of leaves) {
      hash.update(`${dtype}[${shape.join(',')}]\n`);
      if (ArrayBuffer.isView(data)) addBytes(hash, data);
      else hash.update(JSON.stringify(data));
    }
  }
  return hash.digest('hex');
}

/** What `ask` gives; its error becomes one that says which client it was asked of. */
async function ofClient<T>(population: string, index: number, ask: () => T | Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (cause) {
    throw new StarlingError(
      'bad-population',
      `Cannot fingerprint population '${population}': need client ${index}'s name, count and data, got: ${thrownWords(cause)}`,
      { cause },
    );
  }
}

function addBytes(hash: Hash, { buffer, byteOffset, byteLength }: ArrayBufferView): void {
  hash.update(new Uint8Array(buffer, byteOffset, byteLength));
}
