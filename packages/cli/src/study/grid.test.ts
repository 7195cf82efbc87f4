import { describe, expect, test } from 'vitest';
import { type Axes, collectAxis, labelOf, pointsOf } from './grid.js';

const axes = (...texts: readonly string[]): Axes =>
  texts.reduce<Axes>((earlier, text) => collectAxis(text, earlier), new Map());

describe('collectAxis', () => {
  test.each([
    ['rate=0.1,0.3', ['0.1', '0.3']],
    ['seed=1..4', ['1', '2', '3', '4']],
    ['seed=-1..1,5', ['-1', '0', '1', '5']],
    ['layers=[1,2],[3]', ['[1,2]', '[3]']],
    ['name="a,b",c=d', ['"a,b"', 'c=d']],
  ])('reads %s', (text, values) => {
    expect([...axes(text).values()]).toEqual([values]);
  });

  test.each([
    ['rate', "Cannot read --sweep: it must be name=values, got 'rate'"],
    ['=1', "Cannot read --sweep: it must be name=values, got '=1'"],
    ['rate=', 'Cannot sweep rate: need values such as 0.1,0.3 or 1..5, got none'],
    ['rate=3..1', "Cannot sweep rate: need a range that ascends, got '3..1'"],
    ['rate=1,2,1', 'Cannot sweep rate: need each value once, got 1 twice'],
  ])('refuses %s', (text, message) => {
    expect(() => axes(text)).toThrow(message);
  });

  test('refuses a name that comes again', () => {
    expect(() => axes('rate=1', 'rate=2')).toThrow('Cannot sweep rate: need it once, got it twice');
  });
});

describe('pointsOf', () => {
  test('has a run for each combination, whose seeds change fastest', () => {
    const points = pointsOf(axes('seed=1..2', 'rate=0.1,0.3', 'rounds=5'), { seed: 9, rounds: 7 });
    expect(points.map(({ name }) => name)).toEqual([
      'rate=0.1,rounds=5,seed=1',
      'rate=0.1,rounds=5,seed=2',
      'rate=0.3,rounds=5,seed=1',
      'rate=0.3,rounds=5,seed=2',
    ]);
    expect(points[3]).toEqual({
      name: 'rate=0.3,rounds=5,seed=2',
      varied: { rate: '0.3', rounds: '5' },
      settings: { rate: '0.3' },
      seed: 2,
      rounds: 5,
    });
  });

  test('names a run the same in whatever order the axes are given, and takes seed and rounds of all', () => {
    const [one] = pointsOf(axes('b=1', 'a=2'), { seed: 9, rounds: null });
    const [other] = pointsOf(axes('a=2', 'b=1'), { seed: 9, rounds: null });
    expect(one).toMatchObject({ name: 'a=2,b=1,seed=9', seed: 9, rounds: null });
    expect(other!.name).toBe(one!.name);
  });

  test('gives values that no file can be named for names that differ', () => {
    const points = pointsOf(axes('file=a/b,a:b'), { seed: 1, rounds: null });
    const names = points.map(({ name }) => name);
    for (const name of names) expect(name).toMatch(/^file=a_b,seed=1-[0-9a-f]{8}$/);
    expect(new Set(names).size).toBe(2);
  });

  test('refuses seeds and rounds that are none', () => {
    expect(() => pointsOf(axes('seed=1,x'), { seed: 1, rounds: null })).toThrow(
      "Cannot sweep seed: need whole numbers from 0 up, got 'x'",
    );
    expect(() => pointsOf(axes('rounds=0'), { seed: 1, rounds: null })).toThrow(
      "Cannot sweep rounds: need whole numbers from 1 up, got '0'",
    );
  });
});

test('`labelOf` puts what is varied in words', () => {
  expect(labelOf({ rate: '0.1', clients: '20' })).toBe('rate=0.1 clients=20');
  expect(labelOf({})).toBe('all runs');
});
