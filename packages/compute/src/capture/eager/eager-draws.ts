// Random numbers of a body that is run eagerly: those that the engines draw for its graph, at the place where the body
// draws them.
import { deriveSeed, type Seed, type Tensor } from '@starling/federated-core';
import { sizeOf } from '@starling/federated-core/plan';
import { draw } from '../../graph/feeds/draw.js';
import type { RandomNode } from '../../graph/kernel-graph.js';
import type { WrittenPlaces } from './written-places.js';

export interface EagerDraws {
  /** The next draw, in the order in which the body draws. */
  next(shape: readonly number[], distribution: RandomNode['distribution']): Float32Array;
}

/** A draw that the graph kept, by its number there. */
export type KeptDraw = WrittenPlaces['draws'] extends ReadonlyMap<number, infer Kept> ? Kept : never;

/** Draws of a whole body, or of a step of a reduction: `numbersOf` gives those that the graph kept. */
export function bodyDraws(
  { draws }: WrittenPlaces,
  seed: Seed,
  numbersOf: (kept: KeptDraw, shape: readonly number[]) => Tensor,
): EagerDraws {
  let written = 0;
  return {
    next(shape, distribution) {
      const place = written++;
      const kept = draws.get(place);
      // Nothing that the body gives depends on a draw that its graph left out.
      if (kept === undefined) return floats(draw(distribution, shape, deriveSeed(seed, 'unread', place)));
      const numbers = floats(numbersOf(kept, shape));
      const isDropout = kept.node.distribution.kind === 'bernoulli' && distribution.kind === 'uniform';
      return isDropout ? numbers.map((keeps) => keeps * LARGEST_BELOW_1) : numbers;
    },
  };
}

/**
 * Of tf.dropout the graph keeps ⌊u + p⌋ as a draw of its own (`drawDropoutDirectly`): this u gives 1, and 0 gives 0.
 */
const LARGEST_BELOW_1 = 1 - 2 ** -24;

/** What the steps of a recurrence have drawn so far, each draw for all steps at once, as its graph does. */
export interface RecurrenceDraws {
  readonly outer: EagerDraws;
  readonly steps: number;
  readonly all: Float32Array[];
}

/** Draws of step `step` of a recurrence. */
export function stepDraws({ outer, steps, all }: RecurrenceDraws, step: number): EagerDraws {
  let written = 0;
  return {
    next(shape, distribution) {
      const place = written++;
      all[place] ??= outer.next([steps, ...shape], distribution);
      const size = sizeOf(shape);
      return (all[place] as Float32Array).slice(step * size, (step + 1) * size);
    },
  };
}

function floats({ data }: Tensor): Float32Array {
  return Float32Array.from(data as ArrayLike<number>);
}
