// Loops over all updates of a cohort at once, one row a client: what rules that must see single updates are made of.
// They are cut by coordinate, so that a runtime may share them out among cores; whatever it brings must give the same
// bits as these.
import { distancesOf } from './distances.js';
import { type FloatArray, middlesOf } from './middles.js';

/** Coordinates of a leaf that are worked on at a time, by one thread: part of what the bits of distances are. */
export const COORDINATES_A_CHUNK = 1 << 16;

export interface RowKernels {
  /**
   * target[i] = the mean of what is left of the rows' i-th numbers without the `trim` least and the `trim` greatest.
   * Rows are of one length, and more than 2 · `trim`; all are finite.
   */
  middles(rows: readonly FloatArray[], trim: number, target: FloatArray): void | Promise<void>;
  /**
   * Adds the squared L2 distances between rows to `distances`, n × n numbers, of which those above the diagonal count:
   * chunk by chunk, in order.
   */
  distances(rows: readonly FloatArray[], distances: Float64Array): void | Promise<void>;
}

/** On the calling thread, in plain JavaScript. */
export const plainRows: RowKernels = {
  middles(rows, trim, target) {
    middlesOf(rows, trim, target, 0, target.length);
  },
  distances(rows, distances) {
    for (const [from, to] of chunksOf(rows[0]?.length ?? 0)) {
      const part = distancesOf(rows, from, to);
      for (let index = 0; index < part.length; index++) distances[index] = distances[index]! + part[index]!;
    }
  },
};

/** From, to (exclusive). */
export function chunksOf(length: number): readonly (readonly [number, number])[] {
  return Array.from({ length: Math.ceil(length / COORDINATES_A_CHUNK) }, (_, chunk) => {
    const from = chunk * COORDINATES_A_CHUNK;
    return [from, Math.min(from + COORDINATES_A_CHUNK, length)] as const;
  });
}
