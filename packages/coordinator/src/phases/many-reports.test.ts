// A great many reports, as a coordinator gets them: in any order, many again, some of other rounds, attempts, work and
// runs. What becomes of each is known beforehand. `npm run test:many-reports` sends a million.
import { generator, seedFrom, tensor } from '@starling/federated-core';
import { encodeLeaves } from '@starling/plan/safetensors';
import type { LaneFold } from '@starling/runtime/phases';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { createServerMetrics } from '../server/server-metrics.js';
import { gather } from './gathering.js';

const REPORTS = Number(process.env['STARLING_REPORTS'] ?? 20_000);
const CLIENTS = 1000;
/** Of all reports; the rest are first ones. */
const AGAIN = 0.3;
const STALE = 0.1;
const FOREIGN = 0.05;

const cohort = Array.from({ length: CLIENTS }, (_, index) => `client-${index}`);
const bodyOf = (value: number) => encodeLeaves([tensor('float32', [1], Float32Array.of(value))]);
/** By client: what it reports, and other bytes, which must count for nothing. */
const bodies = cohort.map((_, index) => bodyOf(index + 1));
const others = cohort.map((_, index) => bodyOf(-index - 1));

/** Sums up what is accepted. */
function summingFold() {
  const sums = { accepted: 0, skipped: 0, total: 0 };
  const fold: LaneFold = {
    async accept(_, update) {
      sums.accepted++;
      sums.total += update[0]!.data[0] as number;
    },
    async skip(_position) {
      sums.skipped++;
    },
    finish: async () => [],
    async settled() {},
  };
  return { fold, sums };
}

test(
  '`gather` counts exactly the first report of each client, of many with duplicates, stale and foreign ones',
  async () => {
    const random = generator(seedFrom(11));
    const metrics = createServerMetrics();
    const expected: Record<string, number> = {};
    const actual: Record<string, number> = {};
    const total = { expected: 0, accepted: 0, sum: 0, expectedSum: 0 };
    for (let sent = 0, round = 1; sent < REPORTS; round++) {
      const { fold, sums } = summingFold();
      const at = { run: 'one', round, attempt: 2, phase: 0, broadcast: 'a'.repeat(64) };
      const { broadcast: base, ...of } = at;
      const gathering = gather({
        ...of,
        base,
        cohort,
        fold,
        check: () => null,
        deadlineMs: 600_000,
        extendBelow: 0,
        maxExtensions: 0,
        logger: pino({ level: 'silent' }),
        metrics,
      });
      const stale = [
        [{ ...at, round: round - 1 }, 'ignored round-over'],
        [{ ...at, attempt: 1 }, 'ignored other-attempt'],
        [{ ...at, phase: 1 }, 'ignored other-work'],
        [{ ...at, broadcast: 'b'.repeat(64) }, 'ignored other-work'],
      ] as const;
      const order = random.permutation(CLIENTS);
      let first = 0; // clients that have reported: the next is order[first]
      const draw = () => {
        const kind = random.uniform();
        const anyone = random.below(CLIENTS);
        if (kind < FOREIGN) return [anyone, bodies, { ...at, run: 'another' }, 'ignored other-run'] as const;
        if (kind < FOREIGN + STALE) return [anyone, bodies, ...stale[random.below(stale.length)]!] as const;
        const before = order[random.below(Math.max(1, first))]!;
        if (kind >= FOREIGN + STALE + AGAIN || first === 0) {
          total.expected++;
          total.expectedSum += order[first]! + 1;
          return [order[first++]!, bodies, at, 'accepted'] as const;
        }
        // The same again has the same answer; every other time it is of other bytes.
        return random.below(2) === 0
          ? ([before, bodies, at, 'accepted'] as const)
          : ([before, others, at, 'ignored duplicate-update'] as const);
      };
      for (; sent < REPORTS && first < CLIENTS; sent++) {
        const [client, sender, address, answer] = draw();
        const { status, code } = gathering.update(cohort[client]!, address, sender[client]!);
        const given = code === undefined ? status : `${status} ${code}`;
        expected[answer] = (expected[answer] ?? 0) + 1;
        actual[given] = (actual[given] ?? 0) + 1;
      }
      gathering.abandon();
      total.accepted += sums.accepted;
      total.sum += sums.total;
    }
    expect(actual).toEqual(expected);
    expect(total.accepted).toBe(total.expected);
    expect(total.sum).toBe(total.expectedSum);
    expect(metrics.get('starling_updates_accepted_total')).toBe(total.expected);
    // 55 % are first ones; sqrt(0.55 · 0.45 / 20,000) is 0.35 %, of which this allows three times as much.
    expect(Math.abs(total.expected / REPORTS - (1 - AGAIN - STALE - FOREIGN))).toBeLessThan(0.0105);
  },
  60_000 + REPORTS,
);
