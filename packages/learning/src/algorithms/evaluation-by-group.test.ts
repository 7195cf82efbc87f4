// The rates of groups on the table that fairlearn's user guide works out.
import { createOnnxEngine, type Engine, localRunner } from '@starling/compute';
import {
  type AggregatedComputation,
  evaluate,
  type HostValue,
  requireAggregated,
} from '@starling/federated-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { GroupFigures, GroupingFigures } from '../fairness/group-figures.js';
import type { RateName } from '../fairness/rates.js';
import { bytesOf, client, type GivenRow, group, model, rows } from '../testing/fairlearn-table.js';
import { type EvaluationByGroup, evaluationByGroup } from './evaluation-by-group.js';

const options = { scores: 'probabilities', minClients: 1, buckets: 1 } as const;

let engine: Engine;
beforeAll(async () => {
  engine = await createOnnxEngine();
});
afterAll(() => engine.dispose());

/** The figures of clients' rows, by one grouping. */
async function figuresOf(
  { computation, finish }: EvaluationByGroup,
  clients: readonly (readonly GivenRow[])[],
): Promise<GroupFigures> {
  const given = { model: { scale: 1 }, data: clients.map(client) };
  const result = await evaluate(computation, given as never, { run: localRunner(engine) });
  return (finish(result as HostValue) as unknown as { readonly groups: GroupFigures }).groups;
}

const rateIn = ({ thresholds }: GroupingFigures, rate: RateName, of: string): number | null =>
  thresholds[0]!.groups[of]!.rates[rate];

describe('evaluationByGroup', () => {
  test('gives the rates of fairlearn’s table', async () => {
    const evaluation = evaluationByGroup({ model, groups: { ...options, by: { group: ['a', 'b', 'c'] } } });
    const whole = await figuresOf(evaluation, [rows]);
    const { group: by } = whole.by as { readonly group: GroupingFigures };
    const { overall } = by.thresholds[0]!;
    // Of 12 positives 6 are taken for it, of 6 negatives 4; 10 of 18 are.
    expect(overall.rates).toMatchObject({
      truePositiveRate: 6 / 12,
      falsePositiveRate: 4 / 6,
      selectionRate: 10 / 18,
    });
    // The guide prints 0.5, 0.6, 0.4; 1, 0, 0.666667; 0.75, 0.5, 0.5, of 4, 6 and 8 examples.
    const ofAll = (rate: RateName) => ['a', 'b', 'c'].map((each) => rateIn(by, rate, each));
    expect(ofAll('truePositiveRate')).toEqual([1 / 2, 3 / 5, 2 / 5]);
    expect(ofAll('falsePositiveRate')).toEqual([1, 0, 2 / 3]);
    expect(ofAll('selectionRate')).toEqual([3 / 4, 3 / 6, 4 / 8]);
    expect(by.groups.map((each) => ('withheld' in each ? null : each.examples))).toEqual([4, 6, 8]);
  });

  test('takes groups by text, by place and by number, and knows those that are not listed', async () => {
    const by = { group: ['a', 'c'], code: [2, 0] };
    const figures = await figuresOf(evaluationByGroup({ model, groups: { ...options, by } }), [rows]);
    const [text, code] = [figures.by['group']!, figures.by['code']!];
    expect(code.groups.map(({ group: name }) => name)).toEqual(['2', '0', 'other']);
    expect(text.groups.map(({ group: name }) => name)).toEqual(['a', 'c', 'other']);
    for (const [one, other] of [
      ['a', '0'],
      ['c', '2'],
      ['other', 'other'],
    ] as const) {
      expect(text.thresholds[0]!.groups[one]).toEqual(code.thresholds[0]!.groups[other]);
    }
    const places = await figuresOf(
      evaluationByGroup({ model, groups: { ...options, by: { code: ['a', 'b', 'c'] } } }),
      [rows],
    );
    expect(places.by['code']!.thresholds[0]!.groups['a']).toEqual(text.thresholds[0]!.groups['a']);
  });

  test('is above a threshold strictly, with all at 0 and none at 1', async () => {
    // TFMA’s binary_confusion_matrices_test: (label, prediction) (0, 0), (0, 0.5),
    // (1, 0.3), (1, 0.9), as cells [tp, fp, tn, fn] by threshold.
    const pairs = [
      [0, 0],
      [0, 0.5],
      [1, 0.3],
      [1, 0.9],
    ] as const;
    const given = pairs.map(([y, score]) => ({ score, y, group: bytesOf('a'), code: 0 }));
    const groups = { ...options, by: { group: ['a'] }, at: [0, 0.25, 0.5, 0.75, 1] };
    const { by } = await figuresOf(evaluationByGroup({ model, groups }), [given]);
    const cells = by['group']!.thresholds.map(({ groups: each }) => {
      const { truePositives, falsePositives, trueNegatives, falseNegatives } = each['a']!;
      return [truePositives, falsePositives, trueNegatives, falseNegatives];
    });
    expect(cells).toEqual([
      [2, 2, 0, 0],
      [2, 1, 1, 0],
      [1, 0, 2, 1],
      [1, 0, 2, 1],
      [0, 0, 2, 2],
    ]);
    // Of logits: 0 is the probability 0.5, and −1 is 0.269.
    const logits = [0, -1].map((score) => ({ score, y: 1, group: bytesOf('a'), code: 0 }));
    const ofLogits = evaluationByGroup({ model, groups: { ...groups, scores: 'logits' } });
    const found = (await figuresOf(ofLogits, [logits])).by['group']!.thresholds;
    expect(found.map(({ overall }) => overall.truePositives)).toEqual([2, 2, 0, 0, 0]);
  });

  test('combines columns, and leaves out combinations that nobody has', async () => {
    const by = { group: ['a', 'b', 'c'], code: [0, 1, 2] };
    const groups = { ...options, by, intersections: [['group', 'code']] };
    const { by: all } = await figuresOf(evaluationByGroup({ model, groups }), [rows]);
    expect(all['group*code']!.groups.map(({ group: name }) => name)).toEqual(['a*0', 'b*1', 'c*2']);
    expect(all['group*code']!.thresholds[0]!.groups['b*1']).toEqual(all['group']!.thresholds[0]!.groups['b']);
  });

  test('withholds groups that too few clients have, or none', async () => {
    const byGroup = ['a', 'b', 'c'].map((name) => rows.filter((_, row) => group[row] === name));
    const [a, b, c] = byGroup as [GivenRow[], GivenRow[], GivenRow[]];
    const groups = { ...options, minClients: 2, by: { group: ['a', 'b', 'c', 'd'] } };
    const clients = [a, b.slice(0, 3), b.slice(3), c.slice(0, 1), c.slice(1), []];
    const figures = await figuresOf(evaluationByGroup({ model, groups }), clients);
    expect(figures.clients).toBe(5);
    expect(figures.by['group']!.groups).toEqual([
      { group: 'a', withheld: 'fewer than 2 clients have an example of it' },
      { group: 'b', clients: 2, examples: 6 },
      { group: 'c', clients: 2, examples: 8 },
      { group: 'd', withheld: 'no client has an example of it' },
    ]);
    const { overall, groups: shown } = figures.by['group']!.thresholds[0]!;
    expect(Object.keys(shown)).toEqual(['b', 'c']);
    expect(overall.rates.selectionRate).toBe(10 / 18);
    const large = evaluationByGroup({ model, groups: { ...groups, minExamples: 7 } });
    expect((await figuresOf(large, clients)).by['group']!.groups[1]).toEqual({
      group: 'b',
      withheld: 'it has fewer than 7 examples',
    });
  });

  test('gives how uncertain rates are, more so where clients are unlike', async () => {
    // 40 clients with 10 examples of which half are selected: all alike, or all or none of a client's.
    const alike = Array.from({ length: 40 }, () => Array.from({ length: 10 }, (_, at) => at % 2));
    const unlike = Array.from({ length: 40 }, (_, at) => Array<number>(10).fill(at % 2));
    const groups = { ...options, by: { group: ['a'] }, buckets: 10 };
    const evaluation = evaluationByGroup({ model, groups });
    const varianceOf = async (scores: readonly (readonly number[])[]): Promise<number> => {
      const clients = scores.map((own) =>
        own.map((score) => ({ score, y: 1, group: bytesOf('a'), code: 0 })),
      );
      const { by } = await figuresOf(evaluation, clients);
      const { uncertainty } = by['group']!.thresholds[0]!;
      expect(uncertainty!.degrees).toBe(9);
      return uncertainty!.covariances['selectionRate']![1]![1]!;
    };
    // Parts of clients that are alike differ by nothing: what is left is 202 of 404 examples, 0.25 / 404.
    expect(await varianceOf(alike)).toBeCloseTo(0.25 / 404, 12);
    // Of 40 clients that are 0 or 1 the mean has a variance of 0.25 / 39, which ten parts estimate to a half or so.
    const found = await varianceOf(unlike);
    expect(found).toBeGreaterThan(0.25 / 39 / 3);
    expect(found).toBeLessThan((0.25 / 39) * 3);
  });

  test('evaluates several models at once, on the same clients', async () => {
    const groups = { ...options, by: { group: ['a', 'b', 'c'] } };
    const { computation, finish } = evaluationByGroup({ models: { model, baseline: model }, groups });
    const given = { model: { scale: 1 }, baseline: { scale: 0 }, data: [client(rows)] };
    const result = finish(
      (await evaluate(computation, given as never, { run: localRunner(engine) })) as HostValue,
    ) as unknown as { readonly [name: string]: { readonly groups: GroupFigures } };
    const selected = (name: string): number | null =>
      result[name]!.groups.by['group']!.thresholds[0]!.overall.rates.selectionRate;
    expect(selected('model')).toBe(10 / 18);
    expect(selected('baseline')).toBe(0);
  });

  test('is aggregated, and refuses what it cannot measure', async () => {
    const groups = { ...options, by: { group: ['a'] } };
    const aggregated: AggregatedComputation = evaluationByGroup({ model, groups }).computation;
    expect(requireAggregated(aggregated)).toBe(aggregated);
    const making = (other: object) => () =>
      evaluationByGroup({ model, groups: { ...groups, ...other } as never });
    expect(making({ by: { toString: ['f'] } })).toThrow(
      "by 'toString' needs a field toString of the examples",
    );
    expect(making({ by: { sex: ['f'] } })).toThrow("by 'sex' needs a field sex of the examples");
    expect(making({ by: {} })).toThrow('by must name a column, got none');
    expect(making({ by: { group: ['other'] } })).toThrow("must not have 'other'");
    expect(making({ by: { group: [1] } })).toThrow("the column 'group' must be a number, got uint8[4]");
    expect(making({ at: [0.5, 0.5] })).toThrow('at must be different thresholds');
    expect(making({ at: [2] })).toThrow('a threshold of at must be a finite number');
    expect(making({ intersections: [['group', 'sex']] })).toThrow('two different columns or more of group');
    // A label that is neither 0 nor 1: the client that holds it does not count.
    const wrong = rows.map((row) => ({ ...row, y: 2 }));
    const figures = await figuresOf(evaluationByGroup({ model, groups }), [rows, wrong]);
    expect(figures.clients).toBe(1);
  });
});
