// Different numbers, drawn one by one: time and memory grow with how many are taken.
import type { Generator } from '@starling/federated-core';

/**
 * All of 0 … size − 1 in random order, every order equally likely: the steps of a Fisher–Yates shuffle, of which only
 * the moved places are stored. `size` is up to 2^32.
 */
export function* distinct(size: number, random: Generator): IterableIterator<number> {
  const moved = new Map<number, number>();
  for (let place = 0; place < size; place++) {
    const other = place + random.below(size - place);
    const drawn = moved.get(other) ?? other;
    moved.set(other, moved.get(place) ?? place);
    yield drawn;
  }
}

/** From so many of the size on, the places are kept in an array, rather than the moved ones in a map. */
const DENSE_SHARE = 1 / 8;
const LARGEST_ARRAY = 2 ** 24;

/** The first `count` numbers of `distinct`, of as many as `size` at most. */
export function firstDistinct(size: number, count: number, random: Generator): readonly number[] {
  const drawn = new Array<number>(count);
  if (count < DENSE_SHARE * size || size > LARGEST_ARRAY) {
    const numbers = distinct(size, random);
    for (let index = 0; index < count; index++) drawn[index] = numbers.next().value as number;
    return drawn;
  }
  const places = new Int32Array(size);
  for (let place = 0; place < size; place++) places[place] = place;
  for (let place = 0; place < count; place++) {
    const other = place + random.below(size - place);
    drawn[place] = places[other]!;
    places[other] = places[place]!;
  }
  return drawn;
}
