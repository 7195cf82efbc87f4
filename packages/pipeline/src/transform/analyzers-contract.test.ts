// Analyzers over clients, by the values that TensorFlow Transform's tests expect.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createOnnxEngine, localRunner, tf } from '@starling/compute';
import { evaluate, type FederatedComputation, seedFrom, type Tensor } from '@starling/federated-core';
import { flatten, leafNames } from '@starling/federated-core/plan';
import { numberColumn, type TableColumns, type TableRow, tablesOf, textColumn } from '@starling/population';
import { afterAll, describe, expect, test } from 'vitest';
import type { Artifact } from '../artifacts/artifact.js';
import { artifactStore } from '../artifacts/artifact-store.js';
import { exampleGen } from '../components/example-gen.js';
import { exampleValidator } from '../components/example-validator.js';
import { schemaGen } from '../components/schema-gen.js';
import { statisticsGen } from '../components/statistics-gen.js';
import { constantsIn, transformer } from '../components/transformer.js';
import { rowsOf } from '../examples/row-data.js';
import { batchType, featuresComputation, type Preprocess } from './captured-transform.js';

const folder = mkdtempSync(join(tmpdir(), 'transform-'));
afterAll(() => rmSync(folder, { recursive: true }));
const run = localRunner(await createOnnxEngine());
const store = artifactStore(folder);

/** The features of all rows, with constants from these clients: the split to learn from is all that they hold. */
async function featuresOf<C extends TableColumns>(
  columns: C,
  clients: readonly (readonly TableRow[])[],
  preprocess: Preprocess<C>,
  minClients = 0,
): Promise<Readonly<Record<string, readonly number[]>>> {
  const tables = tablesOf({ columns, clients: clients.map((rows, at) => ({ id: `c${at}`, rows })) });
  // 1,000 parts to one, so that a table of few rows is whole; rows by their own hash.
  const examples = exampleGen({ tables, parts: { train: 1_000_000, eval: 1 } });
  const statistics = statisticsGen({ examples });
  const valid = exampleValidator({ statistics, schema: schemaGen({ statistics }) }); // never run
  const node = transformer({ examples, valid, preprocess, minClients });
  const data = await Promise.all(clients.map((_, at) => examples.population.load(at)));
  const prepared = await node.prepare(
    {
      run,
      ask: (computation: FederatedComputation) => evaluate(computation, { data } as never, { run }),
      report: () => {},
    } as never,
    {},
  );
  const artifact = store.write('TransformGraph', await prepared.make()) as Artifact<'TransformGraph'>;
  const known = constantsIn(artifact, node.source);
  const all = clients.flat();
  const graph = featuresComputation(node.source, known, 1, all.length);
  const whole = tablesOf({ columns, clients: [{ id: 'all', rows: all }] });
  const rows = rowsOf(await whole.table(0), columns).columns;
  const values = await run(graph, flatten(batchType(columns, all.length), rows as never), seedFrom(0));
  return Object.fromEntries(
    leafNames(graph.type.result).map((name, at) => [
      name,
      [...((values[at] as Tensor).data as Float32Array)],
    ]),
  );
}

const numbers = (...values: readonly (number | null)[]): readonly TableRow[] => values.map((x) => ({ x }));
const x = { x: numberColumn('float32') };

describe('zScore', () => {
  test('gives what TensorFlow Transform gives: [1, 1, 2, 2] → ∓1, [3, 3, 3, 3] → 0, and NaN stays', async () => {
    const of = async (...values: readonly number[]) =>
      (
        await featuresOf(
          x,
          [numbers(...values.slice(0, 1)), numbers(...values.slice(1))],
          (columns, analyze) => ({ z: analyze.zScore(columns.x) }),
        )
      )['z'];
    expect(await of(1, 1, 2, 2)).toEqual([-1, -1, 1, 1]);
    expect(await of(3, 3, 3, 3)).toEqual([0, 0, 0, 0]);
    expect(await of(1, Number.NaN, Number.NaN, 2)).toEqual([-1, Number.NaN, Number.NaN, 1]);
    // Of [[1, 2], [3, 4]] column by column, and over both: mean 2.5, variance 1.25, (−3, −1, 1, 3) / √5.
    expect([await of(1, 3), await of(2, 4)]).toEqual([
      [-1, 1],
      [-1, 1],
    ]);
    const pooled = (await of(1, 2, 3, 4))!;
    [-3, -1, 1, 3].forEach((value, at) => {
      expect(pooled[at]).toBeCloseTo(value / Math.sqrt(5), 6);
    });
  });

  test('takes a missing number for NaN', async () => {
    const { z } = await featuresOf(x, [numbers(1, null, 2)], (columns, analyze) => ({
      z: analyze.zScore(columns.x),
    }));
    expect(z).toEqual([-1, Number.NaN, 1]);
  });
});

describe('bucketize', () => {
  test('cuts 1 to 9 into three at 4 and 7, and 1 to 99 into four at 25, 50 and 75', async () => {
    const to = (most: number) => Array.from({ length: most }, (_, at) => at + 1);
    const of = async (most: number, buckets: number) => {
      const all = to(most);
      const clients = [all.filter((value) => value % 2 === 0), all.filter((value) => value % 2 === 1)];
      const { b } = await featuresOf(
        x,
        clients.map((one) => numbers(...one)),
        (columns, analyze) => ({ b: analyze.bucketize(columns.x, buckets) }),
      );
      const byValue = new Map(clients.flat().map((value, at) => [value, b?.[at]]));
      return all.map((value) => byValue.get(value));
    };
    expect(await of(9, 3)).toEqual([0, 0, 0, 1, 1, 1, 2, 2, 2]);
    expect(await of(99, 4)).toEqual(
      to(99).map((value) => (value < 25 ? 0 : value < 50 ? 1 : value < 75 ? 2 : 3)),
    );
  });
});

describe('scaleTo01', () => {
  test('goes from quantile to quantile, and takes the sigmoid of a column of one value', async () => {
    const scaled = await featuresOf(x, [numbers(0, 5, 10, 20)], (columns, analyze) => ({
      s: analyze.scaleTo01(columns.x, { between: [0.25, 0.75] }),
    }));
    // The quantiles are 0 and 10.
    expect(scaled['s']).toEqual([0, 0.5, 1, 1]);
    const constant = await featuresOf(x, [numbers(2, 2)], (columns, analyze) => ({
      s: analyze.scaleTo01(columns.x),
    }));
    expect(constant['s']?.[0]).toBeCloseTo(1 / (1 + Math.exp(-2)), 6);
  });
});

describe('spreadEvenly', () => {
  test('is 0 below the first boundary, 1 from the last on, and goes in proportion between', async () => {
    // 1 to 9 into three: boundaries 4 and 7. Into four, 1 to 99: 25, 50 and 75.
    const thirds = await featuresOf(x, [numbers(1, 2, 3, 4, 5), numbers(6, 7, 8, 9)], (columns, analyze) => ({
      s: analyze.spreadEvenly(columns.x, 3),
    }));
    const expected = [0, 0, 0, 0, 1 / 3, 2 / 3, 1, 1, 1];
    expected.forEach((value, at) => {
      expect(thirds['s']?.[at]).toBeCloseTo(value, 6);
    });
    const rows = numbers(...Array.from({ length: 99 }, (_, at) => at + 1));
    const quarters = await featuresOf(x, [rows], (columns, analyze) => ({
      s: analyze.spreadEvenly(columns.x, 4),
    }));
    // 30 is 5 of 25 on the way to the second of two steps, 60 is 10 of 25 beyond it.
    expect(quarters['s']?.[29]).toBeCloseTo(0.1, 6);
    expect(quarters['s']?.[59]).toBeCloseTo(0.7, 6);
  });

  test('takes boundaries that are one for a step, and keeps NaN', async () => {
    const { s } = await featuresOf(x, [numbers(2, 2, 2, 2, null)], (columns, analyze) => ({
      s: analyze.spreadEvenly(columns.x, 4),
    }));
    expect(s).toEqual([1, 1, 1, 1, Number.NaN]);
  });
});

describe('scaleByMinMax', () => {
  test('goes from the smallest to the largest, if they may be disclosed', async () => {
    const disclose = 'extremes' as const;
    const { s, wide } = await featuresOf(x, [numbers(2, 4), numbers(6, 10)], (columns, analyze) => ({
      s: analyze.scaleByMinMax(columns.x, { disclose }),
      wide: analyze.scaleByMinMax(columns.x, { disclose, to: [-1, 1] }),
    }));
    expect([s, wide]).toEqual([
      [0, 0.25, 0.5, 1],
      [-1, -0.5, 0, 1],
    ]);
    // 0 is a constant of the graph besides, and may be either of the two.
    for (const rows of [
      [0, 1, 4],
      [-4, -3, 0],
    ]) {
      const from0 = await featuresOf(x, [numbers(...rows)], (columns, analyze) => ({
        s: analyze.scaleByMinMax(columns.x, { disclose }),
      }));
      expect(from0['s']).toEqual([0, 0.25, 1]);
    }
    const silent = featuresOf(x, [numbers(1)], (columns, analyze) => ({
      s: analyze.scaleByMinMax(columns.x, {} as never),
    }));
    await expect(silent).rejects.toThrow("one client's value each, so disclose must be 'extremes'");
  });
});

describe('moments', () => {
  test('are scalars of all rows: sum, variance, standard deviation, count and quantiles', async () => {
    const found = await featuresOf(x, [numbers(1, 2, null), numbers(3, 4)], (columns, analyze) => {
      const scalars = {
        sum: analyze.sum,
        variance: analyze.variance,
        stddev: analyze.stddev,
        count: analyze.count,
      };
      const zeros = tf.zerosLike(columns.x);
      return Object.fromEntries([
        ...Object.entries(scalars).map(([name, of]) => [name, tf.add(zeros, of(columns.x))]),
        ['middle', tf.add(zeros, tf.sum(analyze.quantiles(columns.x, [0.25, 0.75])))],
      ]) as Readonly<Record<string, tf.Tensor>>;
    });
    // Squares 2.25, 0.25, 0.25 and 2.25 about 2.5; the first and the third of four elements.
    const firsts = Object.fromEntries(Object.entries(found).map(([name, values]) => [name, values[0]]));
    expect(firsts).toEqual({
      sum: 10,
      variance: 1.25,
      stddev: Math.fround(Math.sqrt(1.25)),
      count: 4,
      middle: 4,
    });
  });
});

describe('vocabulary', () => {
  const word = { w: textColumn(4) };
  const rows = (text: string): readonly TableRow[] => [...text].map((w) => ({ w: w === '_' ? null : w }));

  test('counts, the most frequent first and of as many the later one; others are −1', async () => {
    // a 4, c 3, d 2, b 2, e 1: places a 0, c 1, d 2.
    const { v } = await featuresOf(
      word,
      [rows('abce'), rows('acda'), rows('abcd'), rows('_')],
      (columns, analyze) => ({ v: analyze.vocabulary(columns.w, { top: 3 }) }),
    );
    expect(v).toEqual([...'abceacdaabcd_'].map((w) => ['a', 'c', 'd'].indexOf(w)));
  });

  test('spreads other words after the last one, and takes a word of too few clients for one of them', async () => {
    const { v } = await featuresOf(word, [rows('aab'), rows('ab'), rows('cccccc')], (columns, analyze) => ({
      v: analyze.vocabulary(columns.w, { top: 5, minClients: 2, outOfVocabulary: 1 }),
    }));
    // a and b are with two clients, c with one: two words, and so the place of all others is 2.
    expect(v).toEqual([0, 0, 1, 0, 1, 2, 2, 2, 2, 2, 2]);
  });
});

describe('analyzers', () => {
  test('nest: what one is asked of may be computed by another', async () => {
    const { z } = await featuresOf(x, [numbers(1, 2), numbers(9)], (columns, analyze) => ({
      z: analyze.zScore(tf.square(tf.sub(columns.x, analyze.mean(columns.x)))),
    }));
    // The mean is 4; squares 9, 4, 25, whose mean is 38/3 and whose variance is (81+16+625)/3 − (38/3)² = 722/3 −
    // 1444/9.
    const [mean, stddev] = [38 / 3, Math.sqrt(722 / 3 - 1444 / 9)];
    [9, 4, 25].forEach((value, at) => {
      expect(z?.[at]).toBeCloseTo((value - mean) / stddev, 5);
    });
  });

  test('refuse what fewer clients have, and say how many there are', async () => {
    const asked = featuresOf(
      x,
      [numbers(1, 2), numbers(3)],
      (columns, analyze) => ({ z: analyze.zScore(columns.x) }),
      3,
    );
    await expect(asked).rejects.toThrow(
      "Cannot analyze 'x' by zScore: need at least 3 clients with a value, got 2",
    );
  });

  test('are asked of what fits them', async () => {
    const both = { ...x, w: textColumn(4) };
    const of = (preprocess: Preprocess<typeof both>) => featuresOf(both, [[{ x: 1, w: 'a' }]], preprocess);
    await expect(of((columns, analyze) => ({ z: analyze.zScore(columns.w) }))).rejects.toThrow(
      "need numbers, got the texts of 'w'",
    );
    await expect(
      of((columns, analyze) => ({ v: analyze.vocabulary(columns.x, { top: 1 }) })),
    ).rejects.toThrow('need a column of text, as it is, got numbers');
    await expect(of(({ x: own }) => ({ all: tf.sum(own) }))).rejects.toThrow(
      "feature 'all' must be a tensor with a row for each of the batch, [3, …], got []",
    );
    await expect(of(({ x: own }) => ({ one: tf.sub(own, tf.mean(own)) }))).rejects.toThrow(
      "feature 'one' of a row must not depend on the other rows of its batch",
    );
    let calls = 0;
    await expect(of(({ x: own }) => ({ counted: tf.add(own, tf.scalar(calls++)) }))).rejects.toThrow(
      'preprocess must give the same graph each time',
    );
  });
});

describe('featuresComputation', () => {
  test('is named by its graph, not by its text', () => {
    const source = (preprocess: Preprocess<TableColumns>) => ({ columns: x, preprocess, minClients: 0 });
    const id = (preprocess: Preprocess<TableColumns>) =>
      featuresComputation(source(preprocess), new Map()).id;
    const one = id((columns) => ({ y: tf.mul(columns['x'] as tf.Tensor, tf.scalar(0.2)) }));
    const other = id((given) => {
      const share = 1 / 5;
      return { y: (given['x'] as tf.Tensor).mul(tf.scalar(share)) };
    });
    expect(other).toBe(one);
    expect(id((columns) => ({ y: tf.mul(columns['x'] as tf.Tensor, tf.scalar(0.25)) }))).not.toBe(one);
  });
});
