import { expect, test } from 'vitest';
import { runtimeContract } from '../contract.js';
import { threadsRuntime } from './threads-runtime.js';

for (const workers of [1, 2, 4]) {
  runtimeContract(`threadsRuntime with ${workers} workers`, () => threadsRuntime({ workers }));
}

test('`threadsRuntime` refuses to be made when it has no worker', () => {
  expect(() => threadsRuntime({ workers: 0 })).toThrow(/need at least 1 worker, got 0/);
});
