// What goes wrong with a client of a phase, as plain data, so that it reaches a thread as it is. A runtime does as it
// says, before the update is checked: what is drawn, and when, is decided above (faults/draw-faults.ts).
import type { Seed } from '@starling/federated-core';

/** How an update is altered. Weights stay as they are, except by `weight`; so do text and bools, except by `bits`. */
export type Alteration = {
  /** Which aggregations of the phase, from 0. Default: all. */
  readonly aggregations?: readonly number[];
} & (
  | /** So many different bits, of all bytes of the leaves, are turned over. */
  { readonly how: 'bits'; readonly bits: number; readonly seed: Seed }
  /** One element of a leaf of floats. */
  | { readonly how: 'nan' | 'infinity'; readonly seed: Seed }
  /** One leaf gets one more dimension, of size 1. */
  | { readonly how: 'shape'; readonly seed: Seed }
  /** The weight of each mean; the largest of its element type where that does not reach so far. */
  | { readonly how: 'weight'; readonly value: number }
  /** Times −scale. */
  | { readonly how: 'sign-flip'; readonly scale: number }
  /** Normal numbers are added. */
  | { readonly how: 'noise'; readonly stddev: number; readonly seed: Seed }
  /** Every element is this. */
  | { readonly how: 'constant'; readonly value: number }
  | { readonly how: 'zero' }
);

export type ClientFault =
  /** It is not asked, and is dropped. */
  | { readonly kind: 'lost'; readonly code: string; readonly reason: string }
  /** One after another. */
  | { readonly kind: 'altered'; readonly alterations: readonly Alteration[] };
