// Initial weights that depend on a seed alone: tf.js layers draw theirs from Math.random unless each initializer has a
// seed of its own, so a model is rebuilt from its configuration with one in each.
import { deriveSeed, type Seed } from '@starling/federated-core';

/** Initializers of tf.js layers that draw. */
const DRAWING = new Set([
  'GlorotNormal',
  'GlorotUniform',
  'HeNormal',
  'HeUniform',
  'LeCunNormal',
  'LeCunUniform',
  'Orthogonal',
  'RandomNormal',
  'RandomUniform',
  'TruncatedNormal',
  'VarianceScaling',
]);

/** A copy of a model's configuration in which every drawing initializer without a seed has its own. */
export function seededConfig<C>(config: C, seed: Seed): C {
  let drawn = 0;
  const walk = (part: unknown): unknown => {
    if (Array.isArray(part)) return part.map(walk);
    if (part === null || typeof part !== 'object') return part;
    const copy = Object.fromEntries(Object.entries(part).map(([key, value]) => [key, walk(value)]));
    const own = copy['config'] as Record<string, unknown> | undefined;
    if (own !== undefined && DRAWING.has(String(copy['className']))) {
      // One number for each initializer, given or not, so that naming one seed does not change the others.
      const [low] = deriveSeed(seed, 'initializer', drawn++);
      own['seed'] ??= low;
    }
    return copy;
  };
  return walk(config) as C;
}
