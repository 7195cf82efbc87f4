import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { freeBuffers, isLarge } from './free-buffers.js';

describe('freeBuffers', () => {
  test('detaches what it frees, and takes nothing at all', () => {
    const [a, b, kept] = [new Float32Array(5000), new Uint8Array(20_000), new Uint8Array(20_000)];
    freeBuffers([a.buffer, b.buffer]);
    freeBuffers([]);
    expect([a.length, b.length, kept.length]).toEqual([0, 0, 20_000]);
  });

  test('keeps a process no larger than what it holds, once the event loop has turned twice', async () => {
    freeBuffers([new ArrayBuffer(1)]);
    for (let turn = 0; turn < 3; turn++) await setImmediate();
    // Without it 400 MiB would wait for a collection, which nothing else here calls for.
    const before = process.memoryUsage().arrayBuffers;
    for (let turn = 0; turn < 100; turn++) freeBuffers([new ArrayBuffer(4 << 20)]);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 << 20);
  });
});

describe('isLarge', () => {
  test('is true of buffers from 16 KiB on, and of nothing shared', () => {
    expect(
      [new ArrayBuffer(16_384), new ArrayBuffer(16_383), new SharedArrayBuffer(16_384), null].map(isLarge),
    ).toEqual([true, false, false, false]);
  });
});
