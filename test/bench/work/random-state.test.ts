// Checks the generator against published vectors: MT19937's own and numpy's documentation.
import { expect, test } from 'vitest';
import { randomState } from './random-state.js';

test('`randomState` gives the 10,000th word that the C++ standard demands of mt19937', () => {
  const random = randomState(5489);
  for (let index = 1; index < 10_000; index++) random.uint32();
  // [rand.predef] of ISO C++: the 10,000th invocation of a default mt19937 gives 4123659995.
  expect(random.uint32()).toBe(4123659995);
});

test("`uniform` gives the numbers of numpy's rand for seed 0", () => {
  const random = randomState(0);
  // numpy.random.RandomState(0).rand(5)
  expect(Array.from({ length: 5 }, random.uniform)).toEqual([
    0.5488135039273248, 0.7151893663724195, 0.6027633760716439, 0.5448831829968969, 0.4236547993389047,
  ]);
});

test("`normal` gives the numbers of numpy's randn for seed 0", () => {
  const random = randomState(0);
  // numpy.random.RandomState(0).randn(5)
  const expected = [
    1.764052345967664, 0.4001572083672233, 0.9787379841057392, 2.240893199201458, 1.8675579901499675,
  ];
  for (const value of expected) expect(random.normal()).toBeCloseTo(value, 14);
});
