import { assert, describe, test } from 'vitest';
import { createBodyMemory } from './body-memory.js';

const LARGE = 1 << 16;

function memoryOf(maxBytes?: number) {
  const freed: ArrayBuffer[] = [];
  const memory = createBodyMemory({
    free: (buffers) => void freed.push(...buffers),
    ...(maxBytes !== undefined && { maxBytes }),
  });
  return { memory, freed };
}

describe('createBodyMemory', () => {
  test('a spent body is taken again for one of its size', () => {
    const { memory } = memoryOf();
    const body = memory.take(LARGE);
    memory.spent(body);
    assert.notStrictEqual(memory.take(LARGE + 1).buffer, body.buffer);
    assert.strictEqual(memory.take(LARGE).buffer, body.buffer);
    assert.notStrictEqual(memory.take(LARGE).buffer, body.buffer); // it is in use
  });

  test('a body is spent once, and one from elsewhere never', () => {
    const { memory, freed } = memoryOf();
    const body = memory.take(LARGE);
    memory.spent(body);
    memory.spent(body);
    memory.spent(new Uint8Array(LARGE));
    const taken = [1, 2, 3].map(() => memory.take(LARGE).buffer);
    assert.strictEqual(new Set(taken).size, 3);
    assert.deepEqual(freed, []);
  });

  test('spent bodies wait up to a limit, the latest ones', () => {
    const { memory } = memoryOf(2 * LARGE);
    const bodies = [1, 2, 3].map(() => memory.take(LARGE));
    for (const body of bodies) memory.spent(body);
    const taken = [1, 2, 3].map(() => memory.take(LARGE).buffer);
    assert.deepEqual(
      bodies.map(({ buffer }) => taken.includes(buffer)),
      [false, true, true],
    );
  });

  test('a frame is freed at once, and one that is a body once it is spent', () => {
    const { memory, freed } = memoryOf();
    const [frame, whole] = [new Uint8Array(LARGE), new Uint8Array(LARGE)];
    memory.frame(frame, false);
    memory.frame(whole, true);
    assert.deepEqual(freed, [frame.buffer]);
    memory.spent(whole.subarray(32));
    memory.spent(whole.subarray(32));
    assert.deepEqual(freed, [frame.buffer, whole.buffer]);
  });

  test('a frame that lies beside others in its memory is left alone', () => {
    const { memory, freed } = memoryOf();
    const several = new Uint8Array(2 * LARGE);
    memory.frame(several.subarray(LARGE), false);
    memory.frame(several.subarray(0, LARGE), true);
    memory.spent(several.subarray(32, LARGE));
    assert.deepEqual(freed, []);
  });
});
