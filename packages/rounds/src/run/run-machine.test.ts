import { seedFrom } from '@starling/federated-core';
import { roundSeed } from '@starling/federated-core/plan';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type GivenSettings, roundSettings } from '../settings/round-settings.js';
import { createRunMachine, type RunAction, type RunEvent } from './run-machine.js';

const seed = seedFrom(11);
const START: RunEvent = { kind: 'started', round: 0, attempt: null, failed: 0, hadEnded: false };
const RAN: RunEvent = { kind: 'ran', counted: ['a', 'b'], lost: [] };

function machineOf(change: Partial<GivenSettings> = {}) {
  const settings = roundSettings({ rounds: 3, population: 20, cohortSize: 4, ...change });
  const machine = createRunMachine({ settings, seed, draw: (round, [low]) => [round, low % 1000] });
  return { settings, machine, does: (event: RunEvent, at = 0) => words(machine.handle(event, at)) };
}

/** `store attempt 1.1`, `run 1.1`, `committed 1.1`, … */
function words(actions: readonly RunAction[]): readonly string[] {
  return actions.map((action) => {
    switch (action.kind) {
      case 'store': {
        if (action.write === 'end') return `store end ${action.outcome}`;
        const { round, attempt } = action.write === 'attempt' ? action.attempt : action;
        return `store ${action.write} ${round}.${attempt}`;
      }
      case 'run':
        return `run ${action.attempt.round}.${action.attempt.attempt}`;
      case 'done':
        return `done ${action.outcome} ${action.code}`;
      case 'attempt-failed':
        return `failed ${action.round}.${action.attempt}, again after ${action.retryMs}`;
      default:
        return `${action.kind} ${action.round}.${action.attempt}`;
    }
  });
}

describe('createRunMachine', () => {
  test('`createRunMachine` waits for a cohort that is not known yet, and asks with each tick', () => {
    const settings = roundSettings({ rounds: 1, population: 20, cohortSize: 2 });
    let cohort: readonly number[] | null = null;
    const machine = createRunMachine({ settings, seed, draw: () => cohort });
    const does = (event: RunEvent, at = 0) => words(machine.handle(event, at));
    expect(does(START)).toEqual([]);
    expect([machine.state, machine.wakeAt]).toEqual(['selecting', null]); // no time makes it known
    expect(does({ kind: 'tick' }, 1e6)).toEqual([]);
    cohort = [4, 2];
    expect(does({ kind: 'tick' }, 1e6)).toEqual(['store attempt 1.1']);
  });

  test('`createRunMachine` stores an attempt before it runs, and a round before it counts', () => {
    const { machine, does } = machineOf({ rounds: 2 });
    expect(does(START)).toEqual(['store attempt 1.1']);
    expect(does({ kind: 'stored' })).toEqual(['run 1.1']);
    expect(does(RAN)).toEqual(['store commit 1.1']);
    expect(machine.round).toBe(0);
    expect(does({ kind: 'stored' })).toEqual(['committed 1.1', 'store attempt 2.1']);
    expect(machine.round).toBe(1);
    does({ kind: 'stored' });
    does(RAN);
    expect(does({ kind: 'stored' })).toEqual(['committed 2.1', 'store end finished']);
    expect(does({ kind: 'stored' })).toEqual(['done finished finished']);
    expect(does(RAN)).toEqual([]);
  });

  test('`createRunMachine` begins no attempt while it is paused, and finishes the one at hand', () => {
    const { machine, does } = machineOf();
    does(START);
    does({ kind: 'stored' });
    expect(does({ kind: 'paused' })).toEqual([]);
    expect(does(RAN)).toEqual(['store commit 1.1']);
    expect(does({ kind: 'stored' })).toEqual(['committed 1.1']);
    expect([machine.state, machine.wakeAt]).toEqual(['paused', null]);
    expect(does({ kind: 'tick' })).toEqual([]);
    expect(does({ kind: 'resumed' })).toEqual(['store attempt 2.1']);
    expect(does({ kind: 'resumed' })).toEqual([]);
  });

  test('`createRunMachine` holds back an attempt that was left open, a wait and a selection while it is paused', () => {
    const open = { round: 1, attempt: 2, cohort: [3], seed };
    const reopened = machineOf();
    reopened.does({ kind: 'paused' });
    expect(reopened.does({ ...START, attempt: open, failed: 1 } as RunEvent)).toEqual([]);
    expect(reopened.does({ kind: 'resumed' })).toEqual(['store attempt 1.2']);

    const waiting = machineOf({ backOffMs: 100 });
    waiting.does(START);
    waiting.does({ kind: 'stored' });
    waiting.does({ kind: 'failed', code: 'too-few-reports', reason: 'none' });
    waiting.does({ kind: 'stored' });
    expect(waiting.machine.state).toBe('backing-off');
    waiting.does({ kind: 'paused' }, 50);
    expect(waiting.does({ kind: 'tick' }, 200)).toEqual([]);
    expect(waiting.does({ kind: 'resumed' }, 300)).toEqual(['store attempt 1.2']);

    const selecting = machineOf({ mode: 'present', overSelection: 1, selectionMs: 100 });
    selecting.does(START);
    selecting.does({ kind: 'paused' });
    for (let client = 0; client < 4; client++) {
      expect(selecting.does({ kind: 'joined', client })).toEqual([]);
    }
    expect(selecting.does({ kind: 'resumed' })).toEqual(['store attempt 1.1']);
  });

  test('`createRunMachine` ends also while it is paused: by a stop, and where no round is left', () => {
    const stopped = machineOf();
    stopped.does({ kind: 'paused' });
    stopped.does(START);
    expect(stopped.does({ kind: 'stop', reason: 'interrupted' })).toEqual(['done stopped stopped']);
    const over = machineOf({ rounds: 2 });
    over.does({ kind: 'paused' });
    expect(over.does({ ...START, round: 2 } as RunEvent)).toEqual(['store end finished']);
  });

  test('`createRunMachine` tries a failed round again, with another cohort and seed, and then fails the run', () => {
    const { machine, does } = machineOf({ maxAttempts: 3, backOffMs: 100 });
    const failure: RunEvent = { kind: 'failed', code: 'too-few-reports', reason: 'need 4, got 3' };
    const seen: string[] = [];
    does(START, 0);
    for (const [attempt, at, next] of [
      [1, 0, 100],
      [2, 100, 200],
    ] as const) {
      const [run] = machine.handle({ kind: 'stored' }, at) as [RunAction & { readonly kind: 'run' }];
      seen.push(`${run.attempt.cohort} ${run.attempt.seed}`);
      if (attempt === 1) expect(run.attempt.seed).toEqual(roundSeed(seed, 1));
      expect(does(failure, at)).toEqual([`store failure 1.${attempt}`]);
      expect(does({ kind: 'stored' }, at)).toEqual([`failed 1.${attempt}, again after ${next}`]);
      expect(machine.wakeAt).toBe(at + next);
      expect(does({ kind: 'tick' }, at + next - 1)).toEqual([]);
      expect(does({ kind: 'tick' }, at + next)).toEqual([`store attempt 1.${attempt + 1}`]);
    }
    expect(new Set(seen).size).toBe(2);
    does({ kind: 'stored' });
    does(failure);
    expect(does({ kind: 'stored' })).toEqual(['failed 1.3, again after null', 'store end failed']);
    expect(does({ kind: 'stored' })).toEqual(['done failed too-few-reports']);
  });

  test('`createRunMachine` begins an attempt again that a process left open, as it was', () => {
    const attempt = { round: 2, attempt: 5, cohort: [9, 8], seed: [1, 2] } as const;
    const { machine, does } = machineOf();
    expect(does({ ...START, round: 1, attempt, failed: 4 })).toEqual(['store attempt 2.5']);
    expect(machine.handle({ kind: 'stored' }, 0)).toEqual([{ kind: 'run', attempt }]);
  });

  test('`createRunMachine` continues to count failed attempts after a restart', () => {
    const again = machineOf({ maxAttempts: 3 });
    expect(again.does({ ...START, failed: 2 })).toEqual(['store attempt 1.3']);
    expect(machineOf({ maxAttempts: 3 }).does({ ...START, failed: 3 })).toEqual(['store end failed']);
    // A run that is started again after it had failed has three more.
    const renewed = machineOf({ maxAttempts: 3 });
    expect(renewed.does({ ...START, failed: 3, hadEnded: true })).toEqual(['store attempt 1.4']);
  });

  test('`createRunMachine` writes the same again when the disk refuses, and stops without an end after some', () => {
    const { machine, does } = machineOf({ storeRetries: 2, storeRetryMs: 10 });
    does(START, 0);
    does({ kind: 'stored' }, 0);
    does(RAN, 0);
    const refused: RunEvent = { kind: 'store-refused', reason: 'ENOSPC' };
    expect(does(refused, 0)).toEqual([]);
    expect(machine.wakeAt).toBe(10);
    expect(does({ kind: 'tick' }, 10)).toEqual(['store commit 1.1']);
    expect(does(refused, 10)).toEqual([]);
    expect(does({ kind: 'tick' }, 30)).toEqual(['store commit 1.1']);
    expect(machine.round).toBe(0);
    expect(does(refused, 30)).toEqual(['done stopped store-failed']);
  });

  test('`createRunMachine` gives up what runs when it is stopped, and commits nothing after', () => {
    const { does } = machineOf();
    does(START);
    does({ kind: 'stored' });
    expect(does({ kind: 'stop', reason: 'SIGTERM' })).toEqual(['abandon 1.1', 'done stopped stopped']);
    expect(does(RAN)).toEqual([]);
  });

  test('`createRunMachine` of present clients waits for more than it needs, and then for the fewest that do', () => {
    const present = { mode: 'present', cohortSize: 10, selectionMs: 1000 } as const;
    const { machine, does } = machineOf(present);
    expect(does(START, 0)).toEqual([]);
    for (let client = 0; client < 7; client++) expect(does({ kind: 'joined', client }, 1)).toEqual([]);
    expect(machine.wakeAt).toBe(1000);
    expect(does({ kind: 'tick' }, 1000)).toEqual([]); // 8 of 10 are the fewest
    expect(machine.wakeAt).toBeNull();
    const [stored] = machine.handle({ kind: 'joined', client: 19 }, 1500) as [RunAction & { kind: 'store' }];
    expect(stored.write === 'attempt' && [...stored.attempt.cohort].sort((a, b) => a - b)).toEqual([
      0, 1, 2, 3, 4, 5, 6, 19,
    ]);
    // 130 % of 18 is more than the population has: its 20 are asked at once, and nobody is waited for.
    const whole = machineOf({ ...present, cohortSize: 18 });
    for (let client = 0; client < 20; client++) whole.does({ kind: 'joined', client });
    expect(whole.does(START, 0)).toEqual(['store attempt 1.1']);
    // With everyone there, 13 are asked for 10.
    const crowd = machineOf(present);
    for (let client = 0; client < 20; client++) crowd.does({ kind: 'joined', client });
    const [asked] = crowd.machine.handle(START, 0) as [RunAction & { kind: 'store' }];
    expect(asked.write === 'attempt' && new Set(asked.attempt.cohort).size).toBe(13);
  });

  test('`createRunMachine` keeps its promises whatever comes, in whatever order', () => {
    const event: fc.Arbitrary<RunEvent> = fc.oneof(
      fc.constant<RunEvent>({ kind: 'stored' }),
      fc.constant<RunEvent>({ kind: 'store-refused', reason: 'EIO' }),
      fc.constant<RunEvent>(RAN),
      fc.constant<RunEvent>({ kind: 'failed', code: 'too-few-reports', reason: 'few' }),
      fc.constant<RunEvent>({ kind: 'tick' }),
      fc.integer({ min: 0, max: 19 }).map((client): RunEvent => ({ kind: 'joined', client })),
      fc.integer({ min: 0, max: 19 }).map((client): RunEvent => ({ kind: 'left', client })),
    );
    const settings = fc.record({
      mode: fc.constantFrom('fixed' as const, 'present' as const),
      maxAttempts: fc.integer({ min: 1, max: 3 }),
      backOffMs: fc.constantFrom(0, 50),
      storeRetries: fc.integer({ min: 0, max: 2 }),
    });
    fc.assert(
      fc.property(settings, fc.array(event, { maxLength: 200 }), (given, events) => {
        const { machine } = machineOf(given);
        let durable: string | null = null;
        let asked: string | null = null;
        let committing: string | null = null;
        let rounds = 0;
        let isDone = false;
        let isWriting = false;
        const begun = new Set<string>();
        for (const [index, each] of [START, ...events].entries()) {
          const isAnswer = each.kind === 'stored' && isWriting;
          if (each.kind === 'stored' || each.kind === 'store-refused') {
            if (!isWriting) continue; // the store answers nothing that it was not asked
            isWriting = false;
          }
          for (const action of machine.handle(each, index * 20)) {
            expect(isDone).toBe(false); // nothing follows the end
            if (action.kind === 'store') {
              expect(isWriting).toBe(false); // one write at a time
              isWriting = true;
              if (action.write === 'attempt') {
                const id = `${action.attempt.round}.${action.attempt.attempt}`;
                expect(action.attempt.round).toBe(rounds + 1);
                expect(asked === id || !begun.has(id)).toBe(true); // a number is used once
                begun.add(id);
                asked = id;
              }
              if (action.write === 'commit') {
                committing = `${action.round}.${action.attempt}`;
                expect(committing).toBe(durable);
              }
            }
            if (action.kind === 'run') {
              expect(isAnswer).toBe(true); // durable before its work
              durable = `${action.attempt.round}.${action.attempt.attempt}`;
              expect(durable).toBe(asked);
            }
            if (action.kind === 'committed') {
              expect(isAnswer).toBe(true);
              expect(`${action.round}.${action.attempt}`).toBe(committing);
              rounds = action.round;
            }
            if (action.kind === 'done') isDone = true;
          }
          expect(machine.round).toBe(rounds);
        }
      }),
      { numRuns: 500 },
    );
  });
});
