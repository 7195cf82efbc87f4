// Statistics on values at hand, for tests of single figures.
import { createOnnxEngine, localRunner } from '@starling/compute';
import type { Value } from '@starling/federated-core';
import { type Cell, type TableColumn, tablePopulation, tablesOf } from '@starling/population';
import { evaluateStatistic, type Statistic } from '../statistic/statistic.js';

const run = localRunner(await createOnnxEngine());

/** The result of a statistic of one column, over clients with these values. Throws if it is withheld. */
export async function resultOf<Result>(
  statistic: Statistic<Result>,
  column: TableColumn,
  ...clients: readonly (readonly Cell[])[]
): Promise<Result> {
  const rows = clients.map((values, at) => ({ id: `client-${at}`, rows: values.map((x) => ({ x })) }));
  const population = tablePopulation(tablesOf({ columns: { x: column }, clients: rows }));
  const data = await Promise.all(
    clients.map(async (_, at) => {
      const value = (await population.load(at)) as unknown as { readonly columns: readonly Value[] };
      return value.columns[0] as Value;
    }),
  );
  return (await evaluateStatistic(statistic, data, { run })) as Result;
}
