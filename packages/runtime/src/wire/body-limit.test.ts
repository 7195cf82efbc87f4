import { float32, float64, int64, sequence, string, struct, tensor } from '@starling/federated-core';
import { expect, it } from 'vitest';
import { bodyLimit, UNKNOWN_BODY_BYTES } from './body-limit.js';
import { encodeLeaves } from './safetensors.js';

it('`bodyLimit` adds the bytes of all leaves and room for their header when shapes are known', () => {
  // 10·4 + 2·3·8 + 8 bytes of data, three leaves: 96 + 1024 + 3·256
  expect(bodyLimit([struct({ a: float32(10), b: float64(2, 3) }), int64()])).toBe(96 + 1024 + 768);
});

it('`bodyLimit` gives the limit for the unknown when a shape or a string leaves it open', () => {
  expect(bodyLimit([sequence(float32())])).toBe(UNKNOWN_BODY_BYTES);
  expect(bodyLimit([string()])).toBe(UNKNOWN_BODY_BYTES);
});

it('`bodyLimit` is enough when many small leaves are encoded', () => {
  const leaf = tensor('float32', [1, 1, 1, 1], Float32Array.of(1));
  const body = encodeLeaves(Array.from({ length: 1000 }, () => leaf));
  expect(body.length).toBeLessThanOrEqual(bodyLimit(Array.from({ length: 1000 }, () => float32(1, 1, 1, 1))));
});
