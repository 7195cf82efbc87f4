// A sampler that knows which attempt it draws for, so that a test can say what a failed round is tried again with.
import { seedFrom } from '@starling/federated-core';
import type { CohortSampler } from '@starling/population';
import { cohortSeed } from '@starling/rounds';

const MOST_ATTEMPTS = 100;

/** Of a run whose seed is 1; attempts are counted from 1. */
export function drawnBy(draw: (round: number, attempt: number) => readonly number[]): CohortSampler {
  const attempts = new Map<string, number>();
  for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt++)
    attempts.set(cohortSeed(seedFrom(1), attempt).join(), attempt);
  return { name: 'drawn by attempt', sample: ({ round, seed }) => draw(round, attempts.get(seed.join())!) };
}
