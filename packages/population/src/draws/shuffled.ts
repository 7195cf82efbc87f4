// Rows in random order.
import type { Generator } from '@starling/federated-core';

/** A copy of `rows` in random order, every order equally likely. */
export function shuffled(rows: Int32Array, random: Generator): Int32Array {
  return random.permutation(rows.length).map((place) => rows[place] as number);
}
