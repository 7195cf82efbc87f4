// Constraints against figures whose values and intervals are known, and as text.
import { describe, expect, test } from 'vitest';
import { type Cells, countedGroups } from '../fairness/counted-groups.js';
import { type Constraint, type ConstraintResult, passes } from './constraint.js';
import { worst10 } from './figure.js';
import { gap, rate, ratio, worst } from './group-figure.js';
import { atLeast, atMost } from './limits.js';
import { noWorseThan } from './no-worse-than.js';
import { readConstraint } from './read-constraint.js';

const by = 'group';
const part = (selected: number): Cells => [selected, 0, 0, 100 - selected];
/** Of a and b 0.4 and 0.5 of the positives are found; a's error is 0.1, with one degree of freedom. */
const uneven = {
  loss: 0.25,
  accuracy: 0.9,
  distribution: {
    accuracy: { lowest: 0.7, highest: 1 },
    loss: { lowest: 0.1, highest: 0.6 },
  },
  ...countedGroups([
    { a: part(30), b: part(50) },
    { a: part(50), b: part(50) },
  ]),
};
const outcomeOf = (constraint: Constraint, figures: unknown = uneven) => constraint.check(figures).outcome;

describe('atLeast and atMost', () => {
  test('hold a metric against a number, which itself passes', () => {
    expect(outcomeOf(atLeast('accuracy', 0.9))).toBe('held');
    expect(outcomeOf(atLeast('accuracy', 0.901))).toBe('violated');
    expect(outcomeOf(atMost('loss', 0.25))).toBe('held');
    expect(outcomeOf(atMost('evaluation.loss', 0.2))).toBe('violated');
    // 0.1 is not 0.5 − 0.4 in floats.
    expect(outcomeOf(atMost(gap('recall', { by }), 0.1))).toBe('held');
    expect(atLeast('accuracy', 0.95).check(uneven)).toEqual({
      constraint: 'accuracy >= 0.95',
      outcome: 'violated',
      passes: false,
      value: 0.9,
      low: null,
      high: null,
      limit: 0.95,
      reason: 'accuracy is 0.9, needs >= 0.95',
    } satisfies ConstraintResult);
  });

  test('take the worst tenth of the clients at the end that the limit guards', () => {
    expect(atLeast(worst10('accuracy'), 0.7).check(uneven).value).toBe(0.7);
    expect(atMost(worst10('loss'), 0.7).check(uneven).value).toBe(0.6);
    const one = { distribution: { accuracy: uneven.distribution.accuracy } };
    expect(outcomeOf(atLeast('worst10', 0.7), one)).toBe('held');
    const several = atLeast('worst10', 0.7).check(uneven);
    expect(several.outcome).toBe('violated');
    expect(several.reason).toContain(
      'needs one metric in the distribution of the evaluation, got accuracy, loss',
    );
  });

  test('with confidence are decided by the whole interval', () => {
    // At 0.5 and one degree t is 1: the recall of a lies within 0.3 to 0.5.
    const recall = rate('recall', { by, group: 'a', at: 0.5 });
    const confidence = 0.5;
    expect(outcomeOf(atLeast(recall, 0.29, { confidence }))).toBe('held');
    expect(outcomeOf(atLeast(recall, 0.35, { confidence }))).toBe('undecided');
    expect(outcomeOf(atLeast(recall, 0.45, { confidence }))).toBe('undecided');
    expect(outcomeOf(atLeast(recall, 0.51, { confidence }))).toBe('violated');
    expect(outcomeOf(atMost(recall, 0.51, { confidence }))).toBe('held');
    expect(outcomeOf(atMost(recall, 0.29, { confidence }))).toBe('violated');
    expect(atLeast(recall, 0.35, { confidence }).check(uneven).passes).toBe(false);
    expect(atLeast(recall, 0.35, { confidence, allowUndecided: true }).check(uneven).passes).toBe(true);
    const { low, high, reason } = atLeast(recall, 0.35, { confidence }).check(uneven);
    expect([low, high].map((each) => each!.toFixed(6))).toEqual(['0.300000', '0.500000']);
    expect(reason).toBe('rate(recall of a by group at 0.5) is 0.4 (a), within 0.3 to 0.5, needs >= 0.35');
    // What has no interval is never certain.
    expect(outcomeOf(atLeast('accuracy', 0.1, { confidence }))).toBe('undecided');
  });

  test('are undecided while a group is withheld, unless another one violates them already', () => {
    const figures = countedGroups([{ a: part(40), b: part(50), c: [0, 0, 0, 0] }]);
    expect(outcomeOf(atMost(gap('recall', { by }), 0.2), figures)).toBe('undecided');
    expect(outcomeOf(atMost(gap('recall', { by }), 0.05), figures)).toBe('violated');
    expect(outcomeOf(atLeast(worst('recall', { by }), 0.3), figures)).toBe('undecided');
    expect(outcomeOf(atLeast(worst('recall', { by }), 0.45), figures)).toBe('violated');
    expect(outcomeOf(atLeast(rate('recall', { by, group: 'c' }), 0.1), figures)).toBe('undecided');
    expect(passes([atMost(gap('recall', { by }), 0.2, { allowUndecided: true }).check(figures)])).toBe(true);
  });

  test('are violated by what was not computed, whatever is allowed', () => {
    const result = atLeast('recall', 0.1, { allowUndecided: true }).check(uneven);
    expect(result).toMatchObject({ outcome: 'violated', passes: false, value: null });
    expect(result.reason).toMatch(
      /^recall was not computed: there are loss, accuracy, distribution.accuracy.lowest/,
    );
    for (const loss of [Number.NaN, 'NaN', Number.POSITIVE_INFINITY]) {
      expect(outcomeOf(atMost('loss', 9), { loss })).toBe('violated');
    }
    expect(outcomeOf(atMost(gap('recall', { by: 'sex' }), 1))).toBe('violated');
  });

  test('read figures from the JSON of a record alike', () => {
    const json: unknown = JSON.parse(JSON.stringify(uneven));
    const all = [
      atLeast('accuracy', 0.9),
      atMost(gap('recall', { by }), 0.3, { confidence: 0.6 }),
      atLeast(ratio('recall', { by }), 0.3, { confidence: 0.5 }),
    ];
    for (const constraint of all) expect(constraint.check(json)).toEqual(constraint.check(uneven));
  });
});

describe('metrics', () => {
  test('may be int64', () => {
    expect(outcomeOf(atLeast('examples', 10), { examples: 10n })).toBe('held');
    expect(outcomeOf(atLeast('examples', 10), { examples: 9n })).toBe('violated');
  });
});

describe('noWorseThan', () => {
  const better = 'lower';
  /** TFMA's own cases of metrics_validator_test. */
  const cases = [
    // The candidate is 0.333 below the baseline.
    [0, 0.333, { better, absolute: -1 }, 'violated'],
    [0, 0.333, { better, absolute: 0 }, 'held'],
    [0, 0.333, { absolute: 1 }, 'held'],
    [0, 0.333, { absolute: 0 }, 'violated'],
    // Of a baseline of 1, by exactly what is allowed.
    [0.667, 1, { absolute: 0.333, relative: 0.333 }, 'held'],
    [0.667, 1, { better, absolute: -0.333, relative: -0.333 }, 'held'],
    [0, 0.333, { better, relative: -2 }, 'violated'],
    // Nothing is a share of 0.
    [0.1, 0, { relative: -0.1 }, 'violated'],
  ] as const;

  test.each(cases)('of %s against %s with %o is as TFMA has it', (now, before, options, outcome) => {
    const constraint = noWorseThan({ metric: before }, 'metric', options);
    expect(outcomeOf(constraint, { metric: now })).toBe(outcome);
  });

  test('knows which way is worse of a loss, and of rates of groups', () => {
    expect(outcomeOf(noWorseThan({ loss: 0.3 }, 'loss'))).toBe('held');
    expect(outcomeOf(noWorseThan({ loss: 0.2 }, 'loss'))).toBe('violated');
    expect(outcomeOf(noWorseThan(uneven, gap('recall', { by })))).toBe('held');
    const even = countedGroups([{ a: part(50), b: part(50) }]);
    expect(outcomeOf(noWorseThan(even, gap('recall', { by })))).toBe('violated');
    expect(outcomeOf(noWorseThan(even, worst('recall', { by }), { absolute: 0.11 }))).toBe('held');
    expect(() => noWorseThan(even, gap('recall', { by }), { better: 'up' } as never)).toThrow(
      'better must be',
    );
    expect(() => noWorseThan(even, rate('selectionRate'))).toThrow("need better, 'higher' or 'lower'");
  });

  test.each(['distribution.loss.mean', 'trainingLoss', 'meanSquaredError', 'distribution.accuracy.variance'])(
    'takes more of %s for worse',
    (name) => {
      const figures = (value: number): object =>
        name.split('.').reduceRight<unknown>((inner, field) => ({ [field]: inner }), value) as object;
      expect(outcomeOf(noWorseThan(figures(0.2), name), figures(0.3))).toBe('violated');
      expect(outcomeOf(noWorseThan(figures(0.3), name), figures(0.2))).toBe('held');
    },
  );

  test('is violated by a metric that either model has not', () => {
    expect(outcomeOf(noWorseThan({}, 'accuracy'))).toBe('violated');
    expect(noWorseThan({}, 'accuracy').check(uneven).reason).toMatch(
      /^the baseline: accuracy was not computed/,
    );
    expect(outcomeOf(noWorseThan({ accuracy: 1 }, 'accuracy'), {})).toBe('violated');
  });
});

describe('readConstraint', () => {
  test.each([
    'accuracy >= 0.9',
    'distribution.loss.variance <= 0.01',
    'worst10 >= 0.7',
    'worst10(accuracy) >= 0.7',
    'worst(recall by payment_type at 0.5) >= 0.3',
    'rate(precision of Credit Card by payment_type at 0.5) >= 0.3',
    'rate(accuracy at 0.5) >= 0.3 with confidence 0.95',
    'gap(truePositiveRate, falsePositiveRate by sex*age at 0.5 to overall) <= 0.1 with confidence 0.95 or undecided',
    'ratio(selectionRate by sex) >= 0.8 or undecided',
    'rate(recall of "close by" by area at 0.5) >= 0.6',
    'worst(recall by "stand by me") >= 0.6',
  ])('reads `%s`, which prints itself', (text) => {
    expect(readConstraint(text).text).toBe(text);
  });

  test('reads a name with a word of constraints in quotes, as it is printed', () => {
    const made = atLeast(rate('recall', { group: 'of "x" (at) 1', by: 'a by b' }), 0.5);
    expect(made.text).toBe('rate(recall of "of \\"x\\" (at) 1" by "a by b") >= 0.5');
    expect(readConstraint(made.text).text).toBe(made.text);
    expect(() => readConstraint('rate(recall of "x by y) >= 0.5')).toThrow(`got 'recall of "x'`);
  });

  test('reads what the functions make', () => {
    const made = atMost(gap('recall', { by, at: 0.5 }), 0.3, { confidence: 0.6 });
    expect(readConstraint(made.text).check(uneven)).toEqual(made.check(uneven));
    const loose = readConstraint('gap( recall by group at .5 )<=0.3 with confidence 0.6');
    expect(loose.check(uneven)).toEqual(made.check(uneven));
  });

  test.each([
    'accuracy',
    'accuracy > 0.9',
    'accuracy >= much',
    'gap(recall) <= 1',
    'worst(recall, precision by a) >= 1',
  ])('refuses `%s`', (text) => {
    expect(() => readConstraint(text)).toThrow(`got '${text}'`);
  });

  test('says which name is wrong', () => {
    expect(() => readConstraint('gap(recal by sex) <= 0.1')).toThrow("did you mean 'recall'?");
  });
});
