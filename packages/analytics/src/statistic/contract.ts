// The contract suite of statistics: each one's test calls it. Whatever the split of the rows over clients, the result
// is that of the pooled rows; every edge has an answer; nothing reveals unless its name says so; costs are as stated.
import { createOnnxEngine, localRunner } from '@starling/compute';
import {
  compilePlan,
  type Generator,
  generator,
  inspectPlan,
  seedFrom,
  type Value,
} from '@starling/federated-core';
import { reveals } from '@starling/federated-core/plan';
import { type Cell, type TableColumn, type TableRow, tablePopulation, tablesOf } from '@starling/population';
import { describe, expect, test } from 'vitest';
import { evaluateStatistic, isWithheld, type PrivacyOptions, type Statistic } from './statistic.js';

/** Random splits of each case: as many by default, or STARLING_SPLITS. */
const SPLITS = Number(process.env['STARLING_SPLITS'] ?? 12);
const SPLITS_MS = 60_000 + 2_000 * SPLITS;
const MAX_CLIENTS = 50;

export interface StatisticCase<Result> {
  /** Made anew for each test. */
  readonly make: (options: PrivacyOptions) => Statistic<Result>;
  /** The columns that it is of. */
  readonly columns: readonly TableColumn[];
  /** Whether it takes them row by row; a statistic of one column does not, by default. */
  readonly joint?: boolean;
  /** A value of the column, or null for a missing one; edges such as NaN should come up. */
  readonly draw: (random: Generator, column: number) => Cell;
  /** The result of pooled rows, by an independent way. What it is compared with is `shown` of the result. */
  readonly expected: (rows: readonly (readonly Cell[])[]) => unknown;
  /** What of the result is compared with `expected`; all by default. */
  readonly shown?: (result: Result) => unknown;
  /** What of the result may differ with the split, such as the number of clients, is left out; nothing by default. */
  readonly splitFree?: (result: Result) => unknown;
  /** Whether too few clients withhold all of the result (default), or single values of it. */
  readonly withholds?: 'all' | 'values';
}

/**
 * Tests a statistic. Call it at the top of a test file, for a statistic of your own too:
 *
 *     import { statisticContract } from '@starling/analytics/contract';
 *
 *     statisticContract('zeros', {
 *       make: (options) => zeros(numberColumn(), options),
 *       columns: [numberColumn()],
 *       draw: (random) => (random.uniform() < 0.5 ? 0 : null),
 *       expected: (rows) => rows.filter(([x]) => x === 0).length,
 *     });
 */
export function statisticContract<Result>(name: string, given: StatisticCase<Result>): void {
  const { make, columns, joint = columns.length > 1, draw, expected } = given;
  const { shown = (result: Result) => result, splitFree = shown, withholds = 'all' } = given;
  const names = columns.map((_, at) => `column${at}`);
  const drawn = (count: number, seed: number): TableRow[] => {
    const random = generator(seedFrom(seed));
    return Array.from({ length: count }, () =>
      Object.fromEntries(names.map((column, at) => [column, draw(random, at)])),
    );
  };
  const cellsOf = (rows: readonly TableRow[]): readonly (readonly Cell[])[] =>
    rows.map((row) => names.map((column) => row[column] ?? null));
  const values = async (clients: readonly (readonly TableRow[])[]): Promise<readonly Value[]> => {
    const population = tablePopulation(
      tablesOf({
        columns: Object.fromEntries(names.map((column, at) => [column, columns[at] as TableColumn])),
        clients: clients.map((rows, at) => ({ id: `client-${at}`, rows })),
      }),
      joint ? { joint: [names] } : {},
    );
    const all = await Promise.all(clients.map((_, at) => population.load(at)));
    return all.map((value) => {
      const parts = value as unknown as Readonly<Record<'columns' | 'joint', readonly Value[]>>;
      return (joint ? parts.joint : parts.columns)[0] as Value;
    });
  };
  const on = async (statistic: Statistic<Result>, clients: readonly (readonly TableRow[])[]) => {
    const result = await evaluateStatistic(statistic, await values(clients), { run });
    if (isWithheld(result)) throw new Error(`withheld: ${result.withheld}`);
    return result;
  };
  const engine = createOnnxEngine();
  const run: ReturnType<typeof localRunner> = async (...call) => (await runner)(...call);
  const runner = engine.then(localRunner);

  describe(`${name} keeps the statistic contract`, () => {
    test('is what the pooled rows give by another way', async () => {
      for (const seed of [1, 2]) {
        const rows = drawn(300, seed);
        expect(shown(await on(make({}), [rows]))).toEqual(expected(cellsOf(rows)));
      }
    });

    test(`gives the same for every split of the rows over 1 to ${MAX_CLIENTS} clients`, {
      timeout: SPLITS_MS,
    }, async () => {
      const statistic = make({});
      const rows = drawn(200, 3);
      const pooled = splitFree(await on(statistic, [rows]));
      for (let split = 0; split < SPLITS; split++) {
        const random = generator(seedFrom(1000 + split));
        const clients: TableRow[][] = Array.from(
          { length: 1 + Math.floor(random.uniform() * MAX_CLIENTS) },
          () => [],
        );
        // Skewed, so that some clients have most rows and some none.
        for (const at of random.permutation(rows.length)) {
          clients[Math.floor(random.uniform() ** 2 * clients.length)]?.push(rows[at] as TableRow);
        }
        expect(splitFree(await on(statistic, clients)), `split ${split}`).toEqual(pooled);
      }
    });

    test('has an answer for no clients, for clients without rows and for rows without values', async () => {
      const statistic = make({});
      expect(shown(await on(statistic, []))).toEqual(expected([]));
      expect(shown(await on(statistic, [[], []]))).toEqual(expected([]));
      const missing = [Object.fromEntries(names.map((column) => [column, null]))];
      expect(shown(await on(statistic, [missing, []]))).toEqual(expected([names.map(() => null)]));
    });

    test('shows the server sums alone, unless its name says otherwise', () => {
      const statistic = make({});
      const plan = compilePlan(statistic.computation);
      expect(inspectPlan(plan).revealing).toBe(false);
      expect(reveals(statistic.computation.type)).toBe(false);
      for (const { updates } of inspectPlan(plan).phases) {
        expect(updates.map(({ intrinsic }) => intrinsic)).toEqual(updates.map(() => 'federatedSum'));
      }
      expect(statistic.discloses).toBe(/extremes/.test(statistic.name) ? 'extremes' : 'sums');
    });

    test('says its bytes a client, its round trips and its error', () => {
      const { computation, bytesPerClient, phases, error } = make({});
      const summary = inspectPlan(compilePlan(computation));
      expect(bytesPerClient).toBe(summary.bytesUp);
      expect(phases).toBe(summary.phases.length);
      expect(['exact', 'rounded', 'relative', 'estimate']).toContain(error.kind);
    });

    test('withholds what fewer clients than minClients have, and says so', async () => {
      const rows = drawn(60, 4);
      const thirds = [rows.slice(0, 20), rows.slice(20, 40), rows.slice(40)];
      const result = await evaluateStatistic(make({ minClients: 4 }), await values(thirds), { run });
      if (withholds === 'all') {
        expect(result).toEqual({ withheld: 'fewer than 4 clients have a value', clients: 3, minClients: 4 });
      } else {
        expect(result).toMatchObject({ values: [] });
        expect((result as { readonly withheldValues: number }).withheldValues).toBeGreaterThan(0);
      }
      expect(
        isWithheld(await evaluateStatistic(make({ minClients: 3 }), await values(thirds), { run })),
      ).toBe(false);
    });
  });
}
