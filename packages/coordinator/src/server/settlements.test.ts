import { describe, expect, test } from 'vitest';
import { createSettlements } from './settlements.js';

const at = (round: number, attempt = 1) => ({ run: 'one', round, attempt });

describe('createSettlements', () => {
  test('`createSettlements` tells each client in which phases its update counts', () => {
    const settlements = createSettlements();
    settlements.begin(at(1));
    settlements.reported('a', { ...at(1), phase: 1 }, true);
    settlements.reported('a', { ...at(1), phase: 0 }, true);
    settlements.reported('b', { ...at(1), phase: 0 }, false);
    settlements.begin(at(1)); // its next phase
    expect(settlements.outcomeOf('a', at(1))).toBeNull();
    const committed = { ...at(1), status: 'committed' };
    expect([...settlements.settle(at(1), true)]).toEqual([
      ['a', { ...committed, counted: [0, 1] }],
      ['b', { ...committed, counted: [] }],
    ]);
    expect(settlements.outcomeOf('a', at(1))).toEqual({ ...committed, counted: [0, 1] });
    expect(settlements.outcomeOf('c', at(1))).toEqual({ ...committed, counted: [] });
  });

  test('`createSettlements` says that nothing counts of an attempt that was given up', () => {
    const settlements = createSettlements();
    settlements.begin(at(1));
    settlements.reported('a', { ...at(1), phase: 0 }, true);
    const told = settlements.settle(at(1), false);
    expect(told.get('a')).toEqual({ ...at(1), status: 'abandoned', counted: [] });
    settlements.begin(at(1, 2));
    expect(settlements.outcomeOf('a', at(1))).toEqual(told.get('a'));
  });

  test('`createSettlements` tells nobody twice, and of no attempt that was not begun', () => {
    const settlements = createSettlements();
    expect(settlements.settle(at(1), true).size).toBe(0);
    settlements.begin(at(1));
    settlements.reported('a', { ...at(1), phase: 0 }, true);
    expect(settlements.settle(at(1), true).size).toBe(1);
    expect(settlements.settle(at(1), false).size).toBe(0);
    expect(settlements.outcomeOf('a', at(1))).toMatchObject({ status: 'committed', counted: [0] });
  });

  test('`createSettlements` settles a client by itself where its report comes to an end of its own', () => {
    const settlements = createSettlements();
    settlements.begin(at(1));
    for (const client of ['a', 'b']) settlements.reported(client, { ...at(1), phase: 0 }, true);
    expect([...settlements.settle(at(1), true, ['a', 'c'])]).toEqual([
      ['a', { ...at(1), status: 'committed', counted: [0] }],
    ]);
    expect(settlements.outcomeOf('a', at(1))).toMatchObject({ status: 'committed' });
    expect(settlements.outcomeOf('b', at(1))).toBeNull();
    expect(settlements.settle(at(1), false, ['b']).get('b')).toMatchObject({
      status: 'abandoned',
      counted: [],
    });
  });

  test('`createSettlements` keeps the latest attempts, and says of others that it does not know', () => {
    const settlements = createSettlements({ attempts: 2 });
    for (const round of [1, 2, 3]) {
      settlements.begin(at(round));
      settlements.settle(at(round), true);
    }
    expect(settlements.outcomeOf('a', at(1))).toEqual({ ...at(1), status: 'unknown', counted: [] });
    expect(settlements.outcomeOf('a', at(2))).toMatchObject({ status: 'committed' });
  });

  test('`createSettlements` keeps fewer attempts when they have many reports, and always the latest', () => {
    const settlements = createSettlements({ reports: 3 });
    for (const round of [1, 2]) {
      settlements.begin(at(round));
      for (const client of ['a', 'b', 'b']) settlements.reported(client, { ...at(round), phase: 0 }, true);
    }
    // Two reports each, of which one came again: three may be kept.
    expect(settlements.outcomeOf('a', at(1))).toMatchObject({ status: 'unknown' });
    for (const phase of [1, 2]) settlements.reported('a', { ...at(2), phase }, true);
    settlements.settle(at(2), true);
    expect(settlements.outcomeOf('a', at(2))).toMatchObject({ status: 'committed', counted: [0, 1, 2] });
  });

  test('`createSettlements` knows which runs are over, until one begins again', () => {
    const settlements = createSettlements();
    settlements.begin(at(1));
    expect(settlements.isFinished('one')).toBe(false);
    settlements.finish('one');
    expect(settlements.isFinished('one')).toBe(true);
    settlements.begin(at(2));
    expect(settlements.isFinished('one')).toBe(false);
  });
});
