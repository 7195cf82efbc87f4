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
