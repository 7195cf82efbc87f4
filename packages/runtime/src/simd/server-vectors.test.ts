import { plainVectors } from '@starling/federated-core/plan';
import { describe, expect, test } from 'vitest';
import { serverVectors } from './server-vectors.js';

describe('serverVectors', () => {
  test.each([1, 255, 256, 48_608, 65_537, 200_003])(
    '`serverVectors` finds the one number of %i that is not finite, wherever it stands',
    (length) => {
      const { areFinite } = serverVectors();
      const values = Float32Array.from({ length }, (_, index) => (index % 7) * 1e37 - 3e37);
      expect(areFinite(values)).toBe(true);
      for (const place of new Set([0, length >> 1, length - 1])) {
        for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
          const spoiled = values.slice();
          spoiled[place] = bad;
          expect(areFinite(spoiled)).toBe(false);
        }
      }
      expect(areFinite(values)).toBe(true);
    },
  );

  test('`serverVectors` adds what `plainVectors` adds, to the bit', () => {
    const values = Float32Array.from({ length: 1000 }, (_, index) => Math.fround(Math.sin(index)));
    const [own, plain] = [new Float64Array(1000), new Float64Array(1000)];
    serverVectors().areFinite(values);
    serverVectors().addWeighted(own, values, 0.1);
    plainVectors.addWeighted(plain, values, 0.1);
    expect(own).toEqual(plain);
  });
});
