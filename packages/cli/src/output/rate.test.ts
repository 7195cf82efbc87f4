import { describe, expect, test } from 'vitest';
import { createRate } from './rate.js';

describe('createRate', () => {
  test('forgets rounds that left the window', () => {
    const rate = createRate();
    rate.add({ accepted: 1000, wallMs: 1 });
    for (let index = 0; index < 9; index++) rate.add({ accepted: 1, wallMs: 100 });
    expect(rate.add({ accepted: 1, wallMs: 100 })).toBe(10);
  });

  test('is zero when no time passed', () => {
    expect(createRate().add({ accepted: 5, wallMs: 0 })).toBe(0);
  });
});
