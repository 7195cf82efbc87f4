// Tables as a population: what a federation of statistics runs over.
import type { Value } from '@starling/federated-core';
import {
  type Check,
  checkOptions,
  didYouMean,
  hasMethods,
  kinds,
  type MaybePromise,
  numberWithin,
  ofKind,
  optionError,
} from '@starling/federated-core/plan';
import { checkIndex } from '../populations/check-index.js';
import { fingerprintOf } from '../populations/fingerprint.js';
import type { Population } from '../populations/population.js';
import { withoutHabits } from '../populations/without-habits.js';
import type { Table, Tables } from './table.js';
import { encodeTable, tableData } from './table-data.js';

const ACTION = 'Cannot make a population of tables';

const tablesKind: Check = ofKind({
  need: 'tables, which tablesOf(…), or readTables(…) of @starling/data, makes',
  fits: (value) => hasMethods(value, ['clientId', 'rowCount', 'table']),
});

export interface TablePopulationOptions {
  /** Lists of columns whose rows belong together, such as for a correlation; none by default. */
  readonly joint?: readonly (readonly string[])[];
  /** Clients that are kept in memory once they were asked for, since each phase asks again; 1,000 by default. */
  readonly keptClients?: number;
}

/**
 * A population whose clients hold their tables as `tableData` has them: columns as different values with their rows.
 * Throws a `RangeError` for a joint column that does not exist; loading throws one for a value that does not fit.
 */
export function tablePopulation(tables: Tables, options: TablePopulationOptions = {}): Population {
  tablesKind(ACTION, 'what it is made of', tables);
  checkOptions(ACTION, options, {
    joint: kinds.list,
    keptClients: numberWithin({ whole: true, from: 0 }),
  });
  const { joint = [], keptClients = 1000 } = options;
  const { name, size, columns } = tables;
  const names = Object.keys(columns);
  for (const one of joint.flat()) {
    if (Object.hasOwn(columns, one)) continue;
    throw optionError(
      `Cannot make a population of ${name}: joint must name columns among ${names.join(', ')}, got '${one}'${didYouMean(one, names)}`,
    );
  }
  const kept = new Map<number, Value>();
  const keep = (index: number, table: Table): Value => {
    const value = encodeTable(table, columns, joint, tables.clientId(index));
    if (keptClients === 0) return value;
    kept.set(index, value);
    if (kept.size > keptClients) kept.delete(kept.keys().next().value as number);
    return value;
  };
  const population = {
    name,
    size,
    dataType: tableData(columns, joint),
    clientId: (index: number) => tables.clientId(index),
    exampleCount: (index: number) => tables.rowCount(index),
    load: (index: number): MaybePromise<Value> => {
      checkIndex(name, size, index);
      const before = kept.get(index);
      if (before !== undefined) return before;
      const table = tables.table(index);
      return table instanceof Promise ? table.then((there) => keep(index, there)) : keep(index, table);
    },
  };
  return withoutHabits({ ...population, fingerprint: () => fingerprintOf(population, tables.fingerprint) });
}
