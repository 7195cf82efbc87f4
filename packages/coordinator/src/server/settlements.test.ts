import { describe, expect, test } from 'vitest';
import { createSettlements, KEPT_ATTEMPTS } from './settlements.js';

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

  test('`createSettlements` keeps the latest attempts, and says of others that it does not know', () => {
    const settlements = createSettlements();
    for (let round = 1; round <= KEPT_ATTEMPTS + 1; round++) {
      settlements.begin(at(round));
      settlements.settle(at(round), true);
    }
    expect(settlements.outcomeOf('a', at(1))).toEqual({ ...at(1), status: 'unknown', counted: [] });
    expect(settlements.outcomeOf('a', at(2))).toMatchObject({ status: 'committed' });
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
