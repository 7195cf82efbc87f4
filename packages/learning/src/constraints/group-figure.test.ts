import { describe, expect, test } from 'vitest';
import { type Cells, countedGroups } from '../fairness/counted-groups.js';
import { studentT } from '../fairness/student-t.js';
import { group, rows } from '../testing/fairlearn-table.js';
import type { Figure } from './figure.js';
import { gap, rate, ratio, worst } from './group-figure.js';

/** The cells of a group in fairlearn's table, counted here. */
function cellsOf(name: string): Cells {
  const own = rows.filter((_, row) => group[row] === name);
  const count = (y: number, score: number): number =>
    own.filter((row) => row.y === y && row.score === score).length;
  return [count(1, 1), count(0, 1), count(0, 0), count(1, 0)];
}
const fairlearn = countedGroups([{ a: cellsOf('a'), b: cellsOf('b'), c: cellsOf('c') }]);
const valueIn = (figure: Figure, figures: unknown): number | null => figure.measure(figures, 'atMost').value;

const by = 'group';

describe('figures of groups', () => {
  test('`gap` and `ratio` are those that fairlearn’s guide prints', () => {
    // docs/user_guide/assessment/common_fairness_metrics.rst: 0.25, 0.666667, 0.2, 1.0, 0 and 0.194444.
    const odds = ['truePositiveRate', 'falsePositiveRate'] as const;
    expect(valueIn(gap('selectionRate', { by }), fairlearn)).toBe(3 / 4 - 1 / 2);
    expect(valueIn(ratio('selectionRate', { by }), fairlearn)).toBe(1 / 2 / (3 / 4));
    expect(valueIn(gap('truePositiveRate', { by }), fairlearn)).toBe(3 / 5 - 2 / 5);
    expect(valueIn(gap(odds, { by }), fairlearn)).toBe(1);
    expect(valueIn(ratio(odds, { by }), fairlearn)).toBe(0);
    expect(valueIn(gap('selectionRate', { by, to: 'overall' }), fairlearn)).toBe(3 / 4 - 10 / 18);
    expect(valueIn(ratio('selectionRate', { by, to: 'overall' }), fairlearn)).toBe(10 / 18 / (3 / 4));
  });

  test('`worst` is at the end that is worse, and names the group', () => {
    const recall = worst('recall', { by, at: 0.5 }).measure(fairlearn, 'atLeast');
    expect(recall.value).toBe(2 / 5);
    expect(recall.where).toBe('c');
    expect(worst('falsePositiveRate', { by }).measure(fairlearn, 'atMost').value).toBe(1);
    expect(() => worst('selectionRate', { by })).toThrow('better the higher or the lower, got selectionRate');
  });

  test('differences to overall are the accuracy parity and equalised odds of declearn’s own test', () => {
    // The functions of declearn.fairness.core on counts of (label, group) 30, 15, 35, 20 with accuracies 0.9, 0.8, 0.7,
    // 0.6; twice as many here, so that 0.7 of 35 is a number of examples.
    const figures = countedGroups([{ zero: [49, 6, 54, 21], one: [24, 6, 24, 16] }]);
    const apart = (name: 'accuracy' | 'trueNegativeRate' | 'truePositiveRate', of: string): number =>
      valueIn(rate(name, { by, group: of }), figures)! - valueIn(rate(name), figures)!;
    expect(apart('accuracy', 'zero')).toBeCloseTo(51.5 / 65 - 75.5 / 100, 15);
    expect(apart('accuracy', 'zero')).toBeCloseTo(0.0373077, 7);
    expect(apart('accuracy', 'one')).toBeCloseTo(-0.0692857, 7);
    expect(apart('trueNegativeRate', 'zero')).toBeCloseTo(0.0333333, 7);
    expect(apart('trueNegativeRate', 'one')).toBeCloseTo(-0.0666667, 7);
    expect(apart('truePositiveRate', 'zero')).toBeCloseTo(0.0363636, 7);
    expect(apart('truePositiveRate', 'one')).toBeCloseTo(-0.0636364, 7);
    expect(valueIn(gap('accuracy', { by, to: 'overall' }), figures)).toBeCloseTo(0.755 - 24 / 35, 15);
  });

  test('a group named overall is no other than itself', () => {
    const figures = countedGroups([{ overall: [1, 0, 0, 3], rest: [4, 0, 0, 0] }]);
    expect(valueIn(rate('recall', { by, group: 'overall' }), figures)).toBe(1 / 4);
    expect(valueIn(rate('recall'), figures)).toBe(5 / 8);
    const absent = rate('recall', { by, group: 'overall' }).measure(fairlearn, 'atLeast');
    expect(absent.absent).toBe('group has no group overall: there are a, b, c');
  });

  test('intervals of rates and of differences follow from the jackknife', () => {
    // Two parts of as many clients: of a 30 of 100 and 50 of 100 are selected, of b 50 and 50. Without a part the rate
    // of a is 0.5 or 0.3, and of all 0.4: an error of 0.1, one degree. b is never anything but 0.5, whose variance is
    // that of 102 of 204 independent examples.
    const part = (selected: number): Cells => [selected, 0, 0, 100 - selected];
    const figures = countedGroups([
      { a: part(30), b: part(50) },
      { a: part(50), b: part(50) },
    ]);
    const t = studentT(0.5, 1);
    expect(t).toBeCloseTo(1, 12);
    const a = rate('selectionRate', { by, group: 'a' }).measure(figures, 'atLeast').interval(0.5)!;
    expect(a.low).toBeCloseTo(0.3, 12);
    expect(a.high).toBeCloseTo(0.5, 12);
    const least = 0.25 / 204;
    const b = rate('selectionRate', { by, group: 'b' }).measure(figures, 'atLeast').interval(0.5)!;
    expect(b.high - b.low).toBeCloseTo(2 * Math.sqrt(least), 12);
    // The difference: 0.1 ± √(0.01 + least), cut off at 0; as both have no part in common, their covariance is 0.
    const apart = gap('selectionRate', { by }).measure(figures, 'atMost');
    expect(apart.value).toBeCloseTo(0.1, 12);
    expect(apart.interval(0.5)!.low).toBe(0);
    expect(apart.interval(0.5)!.high).toBeCloseTo(0.1 + Math.sqrt(0.01 + least), 12);
    // The worst group: 0.4 of a; the lower ends are 0.3 and 0.5 − √least, the upper ones 0.5 and more.
    const worstOf = worst('recall', { by }).measure(figures, 'atLeast');
    expect(worstOf.value).toBeCloseTo(0.4, 12);
    expect(worstOf.interval(0.5)!.low).toBeCloseTo(0.3, 12);
    expect(worstOf.interval(0.5)!.high).toBeCloseTo(0.5, 12);
    // A quotient q is within it if 0.4 − q 0.5 is 0 within √(0.01 + q² least).
    const quotient = ratio('selectionRate', { by }).measure(figures, 'atLeast').interval(0.5)!;
    for (const q of [quotient.low, quotient.high]) {
      expect((0.4 - q * 0.5) ** 2).toBeCloseTo(0.01 + q * q * least, 12);
    }
  });

  test('say what is not there, and what is not known', () => {
    const absent = (figure: Figure, figures: unknown = fairlearn) =>
      figure.measure(figures, 'atLeast').absent;
    expect(absent(gap('recall', { by: 'sex' }))).toBe(
      'groups by sex were not computed: there are those by group',
    );
    expect(absent(gap('recall', { by, at: 0.7 }))).toBe('rates at 0.7 were not computed: there is 0.5');
    expect(absent(gap('recall', { by }), { loss: 1 })).toContain(
      'were not computed: evaluate by evaluationByGroup',
    );
    expect(absent(rate('recall', { by, group: 'd' }))).toBe('group has no group d: there are a, b, c');
    expect(absent(gap('recall', { by }), countedGroups([{ a: [1, 1, 1, 1] }]))).toContain(
      'needs two groups or more',
    );
    const few = countedGroups([{ a: [5, 5, 5, 5], b: [0, 1, 9, 0], c: [0, 0, 0, 0] }], { minClients: 5 });
    const recall = worst('recall', { by }).measure(few, 'atLeast');
    expect(recall.value).toBe(0.5);
    expect(recall.open).toBe(
      'c is withheld: no client has an example of it; b has no positive examples, and so no truePositiveRate',
    );
    expect(rate('recall', { by, group: 'c' }).measure(few, 'atLeast').open).toContain('c is withheld');
    // One part of the clients has no error.
    expect(recall.interval(0.95)).toBeNull();
  });

  test('are refused with options that they have not', () => {
    expect(() => gap('recal' as never, { by })).toThrow("did you mean 'recall'?");
    expect(() => gap('recall', { group: 'sex' } as never)).toThrow("got 'group'");
    expect(() => worst('recall', { by, to: 'overall' } as never)).toThrow('only gap and ratio compare');
    expect(() => rate('recall', { by })).toThrow('needs both by and group');
    expect(() => gap('recall', { by, at: 2 })).toThrow('at must be a finite number');
  });
});
