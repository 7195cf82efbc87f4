// One call of a body that is run eagerly: on the argument's numbers, step by step. While it lasts, what a body does
// with datasets, recurrences and random numbers asks this call rather than a recording.
import type { Seed, Tensor } from '@starling/federated-core';
import { bindFeeds } from '../../graph/feeds/bind-feeds.js';
import type { Feed } from '../../graph/feeds/feeds.js';
import * as tf from '../../tensorflow/tf.js';
import { bodyDraws, type EagerDraws } from './eager-draws.js';
import type { NonFiniteWatch, StepPlace, WatchedPlace } from './non-finite-watch.js';
import { NOTHING_KEPT, type WrittenPlaces } from './written-places.js';

/** A step of a reduction that has been run. */
export interface EagerStep {
  readonly computation: string;
  /** Which reduction of the body, from 0, in the order in which they are written. */
  readonly reduction: number;
  /** From 1. */
  readonly step: number;
  readonly steps: number;
  /** The rows of the dataset that it took, without padding. */
  readonly rows: readonly number[];
  /** The leaves of the state, by their paths such as `totals.loss`. */
  readonly state: readonly { readonly path: string; readonly before: Tensor; readonly after: Tensor }[];
}

export interface EagerCallOptions {
  /** Name of the local computation. */
  readonly computation: string;
  readonly argument: readonly Tensor[];
  readonly seed: Seed;
  readonly places: WrittenPlaces;
  readonly watch: NonFiniteWatch;
  /** Called after each step of a reduction. */
  readonly onStep?: ((step: EagerStep) => void) | undefined;
}

export class EagerCall {
  readonly #steps: StepPlace[] = [];
  /** Leaves of the argument, by tf.js's id of the data. */
  readonly #leaves = new WeakMap<object, number>();
  #draws: EagerDraws;
  #reductions = 0;

  constructor(readonly options: EagerCallOptions) {
    const { places, seed } = options;
    this.#draws = bodyDraws(places, seed, ({ node, draw }, shape) =>
      this.bind({
        kind: 'random',
        name: 'random',
        reduce: null,
        draw,
        shape,
        distribution: node.distribution,
      }),
    );
  }

  /** The next random numbers of the body. */
  draw(...request: Parameters<EagerDraws['next']>): Float32Array {
    return this.#draws.next(...request);
  }

  get draws(): EagerDraws {
    return this.#draws;
  }

  /** What an engine is fed with for this call. */
  bind(feed: Feed): Tensor {
    const { argument, seed } = this.options;
    return bindFeeds([feed], argument, seed)[0] as Tensor;
  }

  /** The next reduction of the body: its number there, and what the graph made of it. */
  nextReduction(): { readonly written: number; readonly reduce: number; readonly places: WrittenPlaces } {
    const written = this.#reductions++;
    const kept = this.options.places.reductions.get(written);
    // Nothing that the body gives depends on a reduction that its graph left out: any other seed will do.
    return { written, reduce: kept?.reduce ?? UNREAD + written, places: kept?.body ?? NOTHING_KEPT };
  }

  isLeaf(tensor: tf.Tensor, leaf: number): void {
    this.#leaves.set(tensor.dataId, leaf);
  }

  /** Which leaf of the argument this is; −1 for what the body has computed. */
  leafOf(tensor: tf.Tensor): number {
    return this.#leaves.get(tensor.dataId) ?? -1;
  }

  /** Runs a step of a loop, which draws from `draws`. */
  step<T>(place: StepPlace, draws: EagerDraws, run: () => T): T {
    const outer = this.#draws;
    this.#draws = draws;
    this.#steps.push(place);
    try {
      return run();
    } finally {
      this.#steps.pop();
      this.#draws = outer;
    }
  }

  /** For the watch. */
  get place(): WatchedPlace {
    const { computation } = this.options;
    const { gradientDepth, scopeStack } = tf.engine().state;
    return {
      computation,
      steps: this.#steps,
      onTape: gradientDepth > 0,
      inGradient: scopeStack.some(({ name }) => name === 'backward'),
    };
  }
}

/** Above the numbers of reductions that graphs have. */
const UNREAD = 2 ** 31;

let current: EagerCall | null = null;

/** The call at hand; `null` unless a body is being run eagerly. */
export function eagerCall(): EagerCall | null {
  return current;
}

/** Runs `body` as the call at hand. */
export function duringCall<T>(call: EagerCall, body: () => T): T {
  const before = current;
  current = call;
  try {
    return body();
  } finally {
    current = before;
  }
}
