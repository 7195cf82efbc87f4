import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import * as core from '#tfjs-core';
import * as layers from '#tfjs-layers';

const require = createRequire(import.meta.url);

test.each([
  ['#tfjs-core', '@tensorflow/tfjs-core', core],
  ['#tfjs-layers', '@tensorflow/tfjs-layers', layers],
] as const)('`%s` has every name of %s, and what it names', (_, name, loaded) => {
  const whole = require(name) as Record<string, unknown>;
  expect(Object.keys(loaded).sort()).toEqual(Object.keys(whole).sort());
  for (const [key, value] of Object.entries(loaded)) expect(value).toBe(whole[key]);
});
