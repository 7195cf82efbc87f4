// Attributes of a kernel call, as tf.js passes them, in the form of a kernel graph.
import type { Attribute } from '../../graph/kernel-graph.js';
import type { NamedAttrMap } from '../../tensorflow/tf.js';

/** Without those that are `undefined`. */
export function plainAttributes(attributes: NamedAttrMap | undefined): {
  readonly [name: string]: Attribute;
} {
  const given = Object.entries(attributes ?? {}).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as { readonly [name: string]: Attribute };
}
