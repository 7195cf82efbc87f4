import { assert, test } from 'vitest';
import { leafNames, leafPlace } from './leaf-names.js';
import { float32, int32, sequence, struct } from './types.js';

test('`leafNames` gives the path to each leaf when fields and positions nest', () => {
  const type = struct({ model: struct([float32(2), float32()]), step: int32() });
  assert.deepEqual(leafNames(type), ['model.0', 'model.1', 'step']);
});

test('`leafNames` gives one name when the state is a tensor', () => {
  assert.deepEqual(leafNames(float32()), ['value']);
});

test('`leafPlace` is where a leaf stands, and nothing for the one leaf of a tensor or dataset', () => {
  const type = struct({ model: struct([float32(2), float32()]), step: int32() });
  assert.equal(leafPlace(type, 1), ' in model.1');
  assert.equal(leafPlace(float32(), 0), '');
  assert.equal(leafPlace(sequence(float32()), 0), '');
});
