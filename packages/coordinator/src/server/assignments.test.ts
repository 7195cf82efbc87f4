import { describe, expect, test } from 'vitest';
import { createAssignments } from './assignments.js';
import type { Task } from './task.js';

const taskOf = (round: number): Task => ({
  ...{ run: 'one', round, attempt: 1, phase: 0, base: `hash ${round}` },
  gathering: { owes: () => true, update: () => never(), failed: () => {} },
  hasLost: () => false,
  frames: () => ({ slices: [], work: [] }),
});
const never = (): never => {
  throw new Error('not asked');
};
const [phase, own] = [taskOf(1), taskOf(7)];

describe('createAssignments', () => {
  test('`createAssignments` asks a client what it is asked by itself, and all others what the phase asks', () => {
    const assignments = createAssignments();
    expect(assignments.taskOf('a')).toBeNull();
    assignments.assign(phase);
    assignments.assignTo('a', own);
    expect([assignments.taskOf('a'), assignments.taskOf('b')]).toEqual([own, phase]);
    assignments.assignTo('a', null);
    expect(assignments.taskOf('a')).toBe(phase);
    assignments.assign(null);
    expect(assignments.taskOf('b')).toBeNull();
  });

  test('`createAssignments` has late reports answered by the latest task, until the next phase', () => {
    const assignments = createAssignments();
    assignments.assign(phase);
    assignments.assign(null);
    expect(assignments.reportsOf('a')).toBe(phase.gathering);
    assignments.assignTo('a', own);
    assignments.assignTo('a', null);
    expect(assignments.reportsOf('a')).toBe(own.gathering);
    assignments.assign(phase);
    expect(assignments.reportsOf('a')).toBe(phase.gathering);
  });

  test('`createAssignments` knows the update that a client is asked for by all of its address', () => {
    const assignments = createAssignments();
    assignments.assignTo('a', own);
    const control = { run: 'one', round: 7, attempt: 1, phase: 0, broadcast: 'hash 7' };
    const isAsked = (change: Partial<typeof control>, client = 'a'): boolean =>
      assignments.isAskedFor(client, { type: 'update', control: { ...control, ...change } });
    expect(isAsked({})).toBe(true);
    expect(isAsked({}, 'b')).toBe(false);
    for (const change of [{ run: 'two' }, { round: 8 }, { attempt: 2 }, { phase: 1 }, { broadcast: 'x' }]) {
      expect(isAsked(change)).toBe(false);
    }
  });
});
