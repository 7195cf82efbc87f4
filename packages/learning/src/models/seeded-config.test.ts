import { seedFrom } from '@starling/federated-core';
import { describe, expect, it } from 'vitest';
import { seededConfig } from './seeded-config.js';

const initializer = (seed: number | null): unknown => ({
  className: 'VarianceScaling',
  config: { scale: 1, seed },
});
const seedsIn = (config: unknown): readonly unknown[] =>
  (config as { readonly layers: readonly { readonly config: { readonly seed: unknown } }[] }).layers.map(
    (layer) => layer.config.seed,
  );

describe('seededConfig', () => {
  it('gives each drawing initializer a seed of its own', () => {
    const config = { layers: [initializer(null), initializer(null)] };
    const [first, second] = seedsIn(seededConfig(config, seedFrom(1)));
    expect(typeof first).toBe('number');
    expect(first).not.toBe(second);
    expect(seedsIn(seededConfig(config, seedFrom(1)))).toEqual([first, second]);
    expect(seedsIn(seededConfig(config, seedFrom(2)))).not.toEqual([first, second]);
    expect(seedsIn(config)).toEqual([null, null]);
  });

  it('keeps a seed that is given, and with it the seeds of the others', () => {
    const all = seedsIn(seededConfig({ layers: [initializer(null), initializer(null)] }, seedFrom(1)));
    const rest = seedsIn(seededConfig({ layers: [initializer(7), initializer(null)] }, seedFrom(1)));
    expect(rest).toEqual([7, all[1]]);
  });

  it('leaves initializers that do not draw as they are', () => {
    const config = { className: 'Zeros', config: {} };
    expect(seededConfig(config, seedFrom(1))).toEqual(config);
  });
});
