import { float32, formatType } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { aggregate } from '../aggregator/contract.js';
import { reservoirSample } from './reservoir-sample.js';

describe('reservoirSample', () => {
  test('gives as many updates as it may, in cohort order', async () => {
    const values = [1, 2, 3, 4, 5, 6, 7, 8];
    const { result } = await aggregate(reservoirSample({ size: 3 }), { update: float32(), values });
    const drawn = result as unknown as readonly number[];
    expect(drawn.length).toBe(3);
    expect([...drawn].sort()).toEqual([...drawn]);
    for (const one of drawn) expect(values).toContain(one);
  });

  test('gives all when there are no more', async () => {
    const cohort = { update: float32(), values: [2, 1] };
    expect((await aggregate(reservoirSample({ size: 3 }), cohort)).result).toEqual([2, 1]);
  });

  test('is revealing, and declares it', () => {
    const aggregator = reservoirSample({ size: 1 });
    expect(aggregator.reveals).toBe('sample');
    expect(formatType(aggregator.create(float32()).next.type)).toContain('float32*@SERVER revealing');
  });

  test('throws when the size is no count', () => {
    expect(() => reservoirSample({ size: 0 })).toThrow('size must be a whole number from 1 to');
  });
});
