// Alters the update of a client as a simulated fault says: after its work and before the check that every update goes
// through, so that a fault meets what it would meet if the client had sent it. Nothing is written in place.
//
// Integers: what is computed is rounded to the nearest integer (halves up) and held within the element type.
import { generator, type Tensor } from '@starling/federated-core';
import { type Aggregation, isWeighted, leafCount, sizeOf } from '@starling/federated-core/plan';
import type { Alteration } from '../runtime/client-fault.js';

export type AlterUpdate = (
  update: readonly Tensor[],
  alterations: readonly Alteration[],
) => readonly Tensor[];

/** One leaf of an update: of which aggregation, and whether it is a mean's weight. */
interface Place {
  readonly aggregation: number;
  readonly isWeight: boolean;
}

/** For the updates of a phase: the leaves of its aggregations, one after another. */
export function createAlterUpdate(aggregations: readonly Aggregation<unknown>[]): AlterUpdate {
  const places = aggregations.flatMap((aggregation, index) => placesOf(aggregation, index));
  return (update, alterations) =>
    alterations.reduce(
      (leaves: readonly Tensor[], alteration) => altered(leaves, places, alteration),
      update,
    );
}

function placesOf(aggregation: Aggregation<unknown>, index: number): readonly Place[] {
  const length = leafCount(aggregation.update);
  const weight = isWeighted(aggregation) ? length - 1 : -1;
  return Array.from({ length }, (_, leaf) => ({ aggregation: index, isWeight: leaf === weight }));
}

function altered(
  update: readonly Tensor[],
  places: readonly Place[],
  alteration: Alteration,
): readonly Tensor[] {
  const { aggregations } = alteration;
  const isMeant = (at: number): boolean =>
    aggregations === undefined || aggregations.includes(places[at]!.aggregation);
  const isNumbers = (at: number): boolean =>
    isMeant(at) && !places[at]!.isWeight && update[at]!.dtype !== 'string' && update[at]!.dtype !== 'bool';
  const mapped = (change: (value: number) => number): readonly Tensor[] =>
    update.map((leaf, at) => (isNumbers(at) ? mapLeaf(leaf, change) : leaf));
  switch (alteration.how) {
    case 'bits': {
      const meant = update.flatMap((leaf, at) => (isMeant(at) && leaf.dtype !== 'string' ? [at] : []));
      return flipBits(update, meant, alteration);
    }
    case 'nan':
    case 'infinity': {
      const floats = update.flatMap((leaf, at) =>
        isMeant(at) && isFloat(leaf) && hasElements(leaf) ? [at] : [],
      );
      return spoilOne(update, floats, alteration);
    }
    case 'shape': {
      const meant = update.flatMap((_, at) => (isMeant(at) ? [at] : []));
      if (meant.length === 0) return update;
      const chosen = meant[generator(alteration.seed).below(meant.length)];
      return update.map((leaf, at) => (at === chosen ? { ...leaf, shape: [1, ...leaf.shape] } : leaf));
    }
    case 'weight':
      return update.map((leaf, at) =>
        isMeant(at) && places[at]!.isWeight ? mapLeaf(leaf, () => alteration.value) : leaf,
      );
    case 'sign-flip':
      return mapped((value) => -alteration.scale * value);
    case 'noise': {
      const { normal } = generator(alteration.seed);
      return mapped((value) => value + alteration.stddev * normal());
    }
    case 'constant':
      return mapped(() => alteration.value);
    case 'zero':
      return mapped(() => 0);
    default:
      return alteration satisfies never;
  }
}

function isFloat({ dtype }: Tensor): boolean {
  return dtype === 'float32' || dtype === 'float64';
}

function hasElements({ shape }: Tensor): boolean {
  return sizeOf(shape) > 0;
}

const RANGES = {
  uint8: [0, 255],
  int32: [-(2 ** 31), 2 ** 31 - 1],
} as const;
const INT64_MAX = 2n ** 63n - 1n;

function mapLeaf(leaf: Tensor, change: (value: number) => number): Tensor {
  const { dtype, shape, data } = leaf;
  switch (dtype) {
    case 'float32':
    case 'float64':
      return { dtype, shape, data: (data as Float32Array).map(change) };
    case 'uint8':
    case 'int32': {
      const [least, most] = RANGES[dtype];
      const within = (value: number): number => Math.min(most, Math.max(least, Math.round(change(value))));
      return { dtype, shape, data: (data as Int32Array).map(within) };
    }
    case 'int64':
      return { dtype, shape, data: (data as BigInt64Array).map((value) => toInt64(change(Number(value)))) };
    default:
      return leaf;
  }
}

/** Numbers past 2^53 are those that float64 has. */
function toInt64(value: number): bigint {
  if (value >= 2 ** 63) return INT64_MAX;
  return value <= -(2 ** 63) ? -INT64_MAX - 1n : BigInt(Math.round(value));
}

/** Different bits, each as likely; all of them, if there are no more. */
function flipBits(
  update: readonly Tensor[],
  meant: readonly number[],
  { bits, seed }: Extract<Alteration, { how: 'bits' }>,
): readonly Tensor[] {
  const leaves = [...update];
  const bytes: Uint8Array[] = [];
  for (const at of meant) {
    const leaf = update[at]!;
    const data = (leaf.data as Uint8Array).slice();
    leaves[at] = { ...leaf, data };
    bytes.push(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  const total = bytes.reduce((sum, { length }) => sum + 8 * length, 0);
  const { below } = generator(seed);
  const flipped = new Set<number>();
  while (flipped.size < Math.min(bits, total)) flipped.add(below(total));
  for (const bit of flipped) {
    let byte = Math.floor(bit / 8);
    const found = bytes.find(({ length }) => {
      if (byte < length) return true;
      byte -= length;
      return false;
    })!;
    found[byte]! ^= 1 << (bit % 8);
  }
  return leaves;
}

function spoilOne(
  update: readonly Tensor[],
  floats: readonly number[],
  { how, seed }: Extract<Alteration, { how: 'nan' | 'infinity' }>,
): readonly Tensor[] {
  if (floats.length === 0) return update;
  const { below } = generator(seed);
  const chosen = floats[below(floats.length)]!;
  const leaf = update[chosen]!;
  const data = (leaf.data as Float32Array).slice();
  data[below(data.length)] = how === 'nan' ? Number.NaN : Number.POSITIVE_INFINITY;
  return update.map((each, at) => (at === chosen ? { ...leaf, data } : each));
}
