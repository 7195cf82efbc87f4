import {
  float32,
  float64,
  int32,
  int64,
  sequence,
  string,
  struct,
  type Type,
  tensor,
} from '@starling/federated-core';
import type { Aggregation, Phase } from '@starling/federated-core/plan';
import { encodeLeaves } from '@starling/plan/safetensors';
import { expect, test } from 'vitest';
import { bodyLimit, slicesLimit, UNKNOWN_BODY_BYTES, updateLimit } from './body-limit.js';

test('`bodyLimit` adds the bytes of all leaves and room for their header when shapes are known', () => {
  // 10·4 + 2·3·8 + 8 bytes of data, three leaves: 96 + 1024 + 3·256
  expect(bodyLimit([struct({ a: float32(10), b: float64(2, 3) }), int64()])).toBe(96 + 1024 + 768);
});

test('`bodyLimit` gives the limit for the unknown when a shape or a string leaves it open', () => {
  expect(bodyLimit([sequence(float32())])).toBe(UNKNOWN_BODY_BYTES);
  expect(bodyLimit([string()])).toBe(UNKNOWN_BODY_BYTES);
});

test('`bodyLimit` is enough when many small leaves are encoded', () => {
  const leaf = tensor('float32', [1, 1, 1, 1], Float32Array.of(1));
  const body = encodeLeaves(Array.from({ length: 1000 }, () => leaf));
  expect(body.length).toBeLessThanOrEqual(bodyLimit(Array.from({ length: 1000 }, () => float32(1, 1, 1, 1))));
});

const keysOf = (keys: number | null): Aggregation<unknown> => ({
  kind: 'select-keys',
  update: int32(keys),
  result: struct([]),
  settings: { keyBound: 50, maxKeys: keys ?? 2 ** 20 },
});
const phasesOf = (keys: number | null, slice: Type): readonly Phase<unknown>[] => {
  const program = { inputs: 0, instructions: [], outputs: [] };
  const phase = { prepare: program, broadcast: struct([]), selections: [], work: program };
  const selection = { keys: { phase: 0, aggregation: 0 }, served: int32(), graph: null, slice, salt: 0 };
  return [
    { ...phase, aggregations: [keysOf(keys)] },
    { ...phase, selections: [selection], aggregations: [] },
  ];
};

test('`updateLimit` bounds keys of any number by the most that are taken', () => {
  // 10 keys, or 2^20 of them, of 4 bytes; a leaf: 1024 + 256.
  expect(updateLimit([keysOf(10)])).toBe(40 + 1280);
  expect(updateLimit([keysOf(null)])).toBe(2 ** 22 + 1280);
  expect(updateLimit([{ kind: 'sum', update: int32(10), result: int32(10) }])).toBe(40 + 1280);
});

test('`slicesLimit` bounds slices by keys and by the bound of keys, since none is sent twice', () => {
  const slice = struct({ a: float32(3), b: float64() });
  // 10 slices of 20 bytes and an order of 10; or 50, which is the bound of keys, and an order of 2^20. Three leaves.
  expect(slicesLimit(phasesOf(10, slice), 1)).toBe(200 + 40 + 1024 + 768);
  expect(slicesLimit(phasesOf(null, slice), 1)).toBe(1000 + 2 ** 22 + 1024 + 768);
  expect(slicesLimit(phasesOf(10, float32(null)), 1)).toBe(UNKNOWN_BODY_BYTES);
});
