// Runs under attack, as far as a test has time for: `npm run attack-runs` has more of each.
import { expect, test } from 'vitest';
import { diskCalls, FAILURES, failDisk } from '../run-attacks/fail-disk.js';
import { flipBits } from '../run-attacks/flip-bits.js';
import { killClients } from '../run-attacks/kill-clients.js';
import { killCoordinator } from '../run-attacks/kill-coordinator.js';
import { killKeepers } from '../run-attacks/kill-keepers.js';

test.each(['fixed', 'present'] as const)(
  '`runCoordinator` ends as its mode %s promises when it is killed up to 20 times',
  async (mode) => {
    const { kills, findings } = await killCoordinator(20, 20, 1, mode);
    expect(findings).toEqual([]);
    expect(kills).toBeGreaterThan(10); // it may be over before the last
  },
  240_000,
);

test('`runCoordinator` ends each round by its deadline when clients are killed in it', async () => {
  const { findings, longestMs } = await killClients(5, 1);
  expect(findings).toEqual([]);
  expect(longestMs).toBeGreaterThan(400); // some waited for the deadline of 500 ms
}, 120_000);

test('`runCoordinator` ends in the same state when it and its clients, which keep a state, are killed', async () => {
  const { coordinatorKills, clientKills, findings } = await killKeepers(8, 20, 1);
  expect(findings).toEqual([]);
  expect(coordinatorKills).toBeGreaterThan(3);
  expect(clientKills).toBeGreaterThan(3);
}, 240_000);

test('`runRounds` never ends in another state when a bit of what it kept is flipped', async () => {
  const FLIPS = 200;
  const { same, warned, findings } = await flipBits(FLIPS, 1);
  expect(findings).toEqual([]);
  expect(same).toBeGreaterThan(FLIPS / 2); // a refusal is right, too, but hardly for the most
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
