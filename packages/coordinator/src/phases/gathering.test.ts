import { RejectedUpdateError, type Tensor, tensor } from '@starling/federated-core';
import { encodeLeaves } from '@starling/plan/safetensors';
import type { LaneFold } from '@starling/runtime/phases';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createServerMetrics } from '../server/server-metrics.js';
import { type GatheringOptions, gather } from './gathering.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const of = { run: 'one', round: 1, attempt: 1, phase: 0 };
const at = { ...of, broadcast: 'b'.repeat(64) };
const body = (value: number) => encodeLeaves([tensor('float32', [1], Float32Array.of(value))]);

const nested = (depth: number): string => `${'['.repeat(depth)}1${']'.repeat(depth)}`;

/** A body of this header and no data. */
function bodyOf(header: string): Uint8Array {
  const json = new TextEncoder().encode(header.padEnd(Math.ceil(header.length / 8) * 8));
  const bytes = new Uint8Array(8 + json.length);
  new DataView(bytes.buffer).setUint32(0, json.length, true);
  bytes.set(json, 8);
  return bytes;
}

/** Writes down what it is told: `+position:value` and `-position`. */
function recordingFold() {
  const told: string[] = [];
  const fold: LaneFold = {
    async accept(position, update) {
      told.push(`+${position}:${update[0]?.data[0]}`);
    },
    async skip(position) {
      told.push(`-${position}`);
    },
    finish: async () => [],
    async settled() {},
  };
  return { fold, told };
}

/** Refuses an update of −1. */
const check = ([leaf]: readonly Tensor[]) =>
  leaf?.data[0] === -1 ? new RejectedUpdateError('out-of-range', 'Cannot add −1') : null;

function begin(options: Partial<GatheringOptions> = {}) {
  const { fold, told } = recordingFold();
  const gathering = gather({
    ...of,
    base: at.broadcast,
    cohort: ['a', 'b', 'c'],
    fold,
    check,
    deadlineMs: 1000,
    extendBelow: 1,
    maxExtensions: 3,
    logger: pino({ level: 'silent' }),
    metrics: createServerMetrics(),
    ...options,
  });
  return { gathering, told };
}

describe('gather', () => {
  test('`gather` folds updates by position as they arrive, and reports in cohort order', async () => {
    const { gathering, told } = begin();
    expect(gathering.update('c', at, body(30))).toEqual({ ...of, status: 'accepted' });
    gathering.failed('a', at, 'work-failed', 'no');
    expect(gathering.update('b', at, body(-1))).toMatchObject({ status: 'rejected', code: 'out-of-range' });
    const { reports } = await gathering.outcome;
    expect(told).toEqual(['+2:30', '-0', '-1']);
    expect(reports.map(({ client, status }) => `${client} ${status}`)).toEqual([
      'a dropped',
      'b rejected',
      'c accepted',
    ]);
  });

  test('`gather` counts down to the deadline, and drops then who still owes', async () => {
    const { gathering, told } = begin();
    gathering.update('a', at, body(1));
    vi.advanceTimersByTime(400);
    expect(gathering.remainingMs()).toBe(600);
    expect([gathering.owes('a'), gathering.owes('b'), gathering.owes('z')]).toEqual([false, true, false]);
    vi.advanceTimersByTime(600);
    const { reports } = await gathering.outcome;
    expect(told).toEqual(['+0:1', '-1', '-2']);
    expect(reports[1]).toMatchObject({ status: 'dropped', code: 'deadline' });
    expect(gathering.update('b', at, body(2))).toMatchObject({ status: 'ignored', code: 'round-over' });
  });

  test('`gather` extends the deadline as often as it may when too few updates count', async () => {
    const { gathering } = begin({ extendBelow: 2, maxExtensions: 2 });
    gathering.update('a', at, body(1));
    vi.advanceTimersByTime(2999); // the deadline and two extensions
    expect(gathering.owes('b')).toBe(true);
    vi.advanceTimersByTime(1);
    expect((await gathering.outcome).reports.filter(({ status }) => status === 'dropped')).toHaveLength(2);
  });

  test('`gather` gives a report that comes again its answer again, and refuses another one', async () => {
    const { gathering, told } = begin();
    gathering.update('a', at, body(1));
    expect(gathering.update('a', at, body(1))).toEqual({ ...of, status: 'accepted' });
    expect(gathering.update('a', at, body(2))).toMatchObject({ status: 'ignored', code: 'duplicate-update' });
    expect(told).toEqual(['+0:1']);
  });

  test.each([
    [{ run: 'another' }, 'other-run'],
    [{ round: 2 }, 'round-over'],
    [{ attempt: 2 }, 'other-attempt'],
    [{ phase: 1 }, 'other-work'],
    [{ broadcast: 'c'.repeat(64) }, 'other-work'],
  ])('`gather` refuses a report of %j', (change, code) => {
    const { gathering, told } = begin();
    expect(gathering.update('a', { ...at, ...change }, body(1))).toMatchObject({ status: 'ignored', code });
    gathering.failed('a', { ...at, ...change }, 'work-failed', 'of other work');
    expect([gathering.owes('a'), told]).toEqual([true, []]);
  });

  test('`gather` takes nothing more once it is abandoned', () => {
    const { gathering, told } = begin();
    gathering.abandon();
    expect(gathering.update('a', at, body(1))).toMatchObject({ status: 'ignored', code: 'round-over' });
    expect(told).toEqual([]);
  });

  test.each([
    ['a header that is nested deep', nested(7000)],
    ['metadata that is nested deep', `{"__metadata__":{"a":${nested(7000)}}}`],
    ['a dtype that is no text', '{"0":{"dtype":{"toString":1},"shape":[],"data_offsets":[0,0]}}'],
    ['a name of 200,000 characters', `{"${'\\u001b'.repeat(200_000)}":1}`],
  ])('`gather` rejects a body with %s at once, in one short line, and continues', async (_, header) => {
    const { gathering, told } = begin();
    const ack = gathering.update('a', at, bodyOf(header));
    expect(ack).toMatchObject({ status: 'rejected', code: 'bad-body' });
    expect(ack.reason?.length).toBeLessThanOrEqual(300);
    expect(gathering.owes('a')).toBe(false);
    for (const client of ['b', 'c']) gathering.update(client, at, body(1));
    const { reports } = await gathering.outcome;
    expect(reports[0]).toEqual({ client: 'a', status: 'rejected', code: 'bad-body', reason: ack.reason });
    expect(told).toEqual(['-0', '+1:1', '+2:1']);
  });

  test('`gather` rejects an update on which its check fails', async () => {
    const { gathering } = begin({ check: () => JSON.parse('no JSON') });
    expect(gathering.update('a', at, body(1))).toMatchObject({ status: 'rejected', code: 'bad-body' });
  });

  test('`gather` asks for no more reports than the cohort has clients', async () => {
    const { gathering } = begin({ extendBelow: 99 });
    for (const client of ['a', 'b', 'c']) gathering.update(client, at, body(1));
    expect((await gathering.outcome).reports).toHaveLength(3);
  });

  test('`gather` ends at once when the cohort is empty', async () => {
    const { gathering } = begin({ cohort: [] });
    expect(await gathering.outcome).toEqual({ accumulators: [], reports: [] });
  });

  test('`gather` counts a failure with the code of a refusal as rejected, and an unknown code as work-failed', async () => {
    const { gathering } = begin();
    gathering.failed('a', at, 'key-out-of-range', 'key 9 of 4');
    gathering.failed('b', at, 'whatever', 'no');
    gathering.failed('b', at, 'left', 'a second failure says nothing new');
    gathering.failed('c', at, 'left', 'bye');
    const { reports } = await gathering.outcome;
    expect(reports).toEqual([
      { client: 'a', status: 'rejected', code: 'key-out-of-range', reason: 'key 9 of 4' },
      { client: 'b', status: 'dropped', code: 'work-failed', reason: 'no' },
      { client: 'c', status: 'dropped', code: 'left', reason: 'bye' },
    ]);
  });

  test('`gather` rejects its outcome when the fold throws, at once or later', async () => {
    const broken = {
      ...recordingFold().fold,
      accept() {
        throw new RangeError('taken before');
      },
    };
    const { gathering } = begin({ fold: broken });
    const failure = expect(gathering.outcome).rejects.toThrow('taken before');
    gathering.update('a', at, body(1));
    await failure;
  });
});
