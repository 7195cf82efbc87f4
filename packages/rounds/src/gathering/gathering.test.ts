import { generator, seedFrom } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import {
  createGathering,
  type GatheringAction,
  type GatheringSettings,
  type PhaseAddress,
} from './gathering.js';

const here: PhaseAddress = { run: 'r', round: 3, attempt: 2, phase: 0, base: 'b' };

function begin(change: Partial<GatheringSettings> = {}) {
  const gathering = createGathering(
    here,
    {
      cohort: ['a', 'b', 'c', 'd'],
      goal: 4,
      needed: 2,
      deadlineMs: 100,
      extendBelow: 2,
      maxExtensions: 2,
      ...change,
    },
    1000,
  );
  const report = (client: string, { address = here, digest = client, code = '' } = {}, at = 1001) =>
    gathering.handle(
      { kind: 'report', client, address, digest, refusal: code === '' ? null : { code, reason: 'why' } },
      at,
    );
  const lost = (client: string, at = 1001) =>
    gathering.handle(
      { kind: 'lost', client, address: here, status: 'dropped', code: 'work-failed', reason: 'no' },
      at,
    );
  const tick = (at: number) => gathering.handle({ kind: 'tick' }, at);
  return { gathering, report, lost, tick };
}

/** `settle a accepted`, `answer a ignored round-over`, … */
function words(actions: readonly GatheringAction[]): readonly string[] {
  return actions.map((action) => {
    switch (action.kind) {
      case 'settle':
        return `settle ${action.client} ${action.fate.status === 'accepted' ? 'accepted' : action.fate.code}`;
      case 'answer':
        return `answer ${action.client} ${action.status}${action.code === null ? '' : ` ${action.code}`}`;
      case 'over':
        return `over ${action.accepted}`;
      case 'extended':
        return `extended ${action.extensions}`;
      default:
        return `ask ${action.client}`;
    }
  });
}

describe('createGathering', () => {
  test('`createGathering` settles reports as they come, and is over with the last', () => {
    const { gathering, report, lost } = begin();
    expect(words(report('c'))).toEqual(['settle c accepted', 'answer c accepted']);
    expect(words(report('a', { code: 'non-finite-update' }))).toEqual([
      'settle a non-finite-update',
      'answer a rejected non-finite-update',
    ]);
    expect(words(lost('b'))).toEqual(['settle b work-failed']);
    expect(words(report('d'))).toEqual(['settle d accepted', 'answer d accepted', 'over 2']);
    expect(gathering.fates.map(({ status }) => status)).toEqual([
      'rejected',
      'dropped',
      'accepted',
      'accepted',
    ]);
    expect(gathering.wakeAt).toBeNull();
  });

  test('`createGathering` gives the same report the same answer again, and refuses another one', () => {
    const { report } = begin();
    report('a');
    report('b', { code: 'bad-body' });
    expect(words(report('a'))).toEqual(['answer a accepted']);
    expect(words(report('b', { code: 'bad-body' }))).toEqual(['answer b rejected bad-body']);
    expect(words(report('a', { digest: 'other bytes' }))).toEqual(['answer a ignored duplicate-update']);
  });

  test.each<[Partial<PhaseAddress>, string]>([
    [{ run: 'another' }, 'other-run'],
    [{ round: 2 }, 'round-over'],
    [{ attempt: 1 }, 'other-attempt'],
    [{ attempt: 3 }, 'other-attempt'],
    [{ phase: 1 }, 'other-work'],
    [{ base: 'of an earlier process' }, 'other-work'],
  ])('`createGathering` refuses a report of %j', (change, code) => {
    const { gathering, report } = begin();
    const address = { ...here, ...change };
    expect(gathering.wants('a', address)).toBe(false);
    expect(words(report('a', { address }))).toEqual([`answer a ignored ${code}`]);
    expect(gathering.owes('a')).toBe(true);
  });

  test('`createGathering` refuses strangers and reports that come too late', () => {
    const { report, tick } = begin();
    expect(words(report('x'))).toEqual(['answer x ignored not-in-cohort']);
    report('a');
    report('b');
    tick(1100);
    expect(words(report('c', {}, 1101))).toEqual(['answer c ignored round-over']);
  });

  test('`createGathering` ends at the goal, and needs nobody else', () => {
    const { report } = begin({ goal: 2 });
    report('d');
    expect(words(report('b'))).toEqual([
      'settle b accepted',
      'answer b accepted',
      'settle a not-needed',
      'settle c not-needed',
      'over 2',
    ]);
  });

  test('`createGathering` ends once the reports that it needs can no longer come', () => {
    const { lost } = begin({ needed: 3 });
    expect(words(lost('a'))).toEqual(['settle a work-failed']);
    expect(words(lost('b'))).toEqual([
      'settle b work-failed',
      'settle c not-needed',
      'settle d not-needed',
      'over 0',
    ]);
  });

  test('`createGathering` extends a deadline with too few reports, as often as it may', () => {
    const { gathering, report, tick } = begin();
    report('a');
    expect(tick(1099)).toEqual([]);
    expect(words(tick(1100))).toEqual(['extended 1']);
    expect(gathering.wakeAt).toBe(1200);
    expect(words(tick(1250))).toEqual(['extended 2']);
    expect(words(tick(1350))).toEqual([
      'settle b deadline',
      'settle c deadline',
      'settle d deadline',
      'over 1',
    ]);
    expect(gathering.fates[1]).toMatchObject({ reason: 'nothing arrived within 300 ms' });
  });

  test('`createGathering` asks who comes while it still owes a report', () => {
    const { gathering, report } = begin();
    report('a');
    const joined = (client: string) => words(gathering.handle({ kind: 'joined', client }, 1010));
    expect([joined('a'), joined('b'), joined('x')]).toEqual([[], ['ask b'], []]);
  });

  test('`createGathering` is over at once when it has a cohort of nobody', () => {
    const { gathering, tick } = begin({ cohort: [], goal: 0, needed: 0 });
    expect(gathering.wakeAt).toBe(1000);
    expect(words(tick(1000))).toEqual(['over 0']);
  });

  test('`createGathering` counts exactly the first good report of each client, of a million with many others', () => {
    const random = generator(seedFrom(8));
    const clients = Array.from({ length: 100 }, (_, index) => `client-${index}`);
    let reports = 0;
    let accepted = 0;
    let expected = 0;
    for (let attempt = 1; reports < 1_000_000; attempt++) {
      const now: PhaseAddress = { run: 'r', round: 1, attempt, phase: 0, base: 'b' };
      const gathering = createGathering(
        now,
        { cohort: clients, goal: 101, needed: 0, deadlineMs: 10, extendBelow: 0, maxExtensions: 0 },
        0,
      );
      const sent = new Set<string>();
      for (let index = 0; index < 500; index++, reports++) {
        const client = clients[random.below(clients.length)]!;
        const kind = random.uniform();
        // Of reports that are first or again: stale ones 10 %, of other runs 5 %.
        const address =
          kind < 0.1 ? { ...now, attempt: attempt - 1 } : kind < 0.15 ? { ...now, run: 'another' } : now;
        if (address === now && !sent.has(client)) {
          sent.add(client);
          expected++;
        }
        const digest = random.uniform() < 0.5 ? 'one' : 'other';
        const told = gathering.handle({ kind: 'report', client, address, digest, refusal: null }, 1);
        for (const action of told)
          if (action.kind === 'settle' && action.fate.status === 'accepted') accepted++;
      }
    }
    expect(accepted).toBe(expected);
  }, 20_000);
});
