// Runs under attack, as far as a test has time for: `npm run attack-runs` has more of each.
import { expect, test } from 'vitest';
import { diskCalls, FAILURES, failDisk } from '../run-attacks/fail-disk.js';
import { flipBits } from '../run-attacks/flip-bits.js';
import { killCoordinator } from '../run-attacks/kill-coordinator.js';

test('`runCoordinator` ends in the state of an unkilled run when it is killed 20 times, in attempts that fail too', async () => {
  const { kills, stateHash, expected, announced } = await killCoordinator(20, 20, 1);
  expect(kills).toBeGreaterThan(10); // it may be over before the last
  expect(stateHash).toBe(expected);
  // No round is announced twice: what was announced was never taken back.
  expect(new Set(announced).size).toBe(announced.length);
}, 240_000);

test('`runRounds` never ends in another state when a bit of what it kept is flipped', async () => {
  const FLIPS = 200;
  const { same, warned, refused, findings } = await flipBits(FLIPS, 1);
  expect(findings).toEqual([]);
  expect(same + refused).toBe(FLIPS);
  expect(warned).toBeGreaterThan(FLIPS / 4); // the larger part of what is kept is its journal and its states
}, 120_000);

test.each(FAILURES)(
  '`runRounds` ends as ever, with what it announced, when the disk %s',
  async (failure) => {
    const calls = await diskCalls();
    expect(calls).toBeGreaterThan(60);
    // Spread over the run: its opening, attempts, failures and commits.
    for (let at = 1; at <= calls; at += 7) {
      expect([at, await failDisk(failure, at)]).toEqual([at, null]);
    }
  },
  120_000,
);
