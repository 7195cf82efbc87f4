// The most frequent values of a column whose values nobody knows beforehand, in one round trip (see `value-table.ts`).
import { checkOptions, count } from '@starling/federated-core/plan';
import { columnData, type TableColumn } from '@starling/population';
import { type PrivacyOptions, privacyChecks, type Statistic, statisticOf } from '../statistic/statistic.js';
import { sumOfColumn } from '../values/fold-values.js';
import { decodeTable, ownTable, valueTable } from './value-table.js';
import { shownValues, type Vocabulary } from './vocabulary.js';

export interface HeavyHittersOptions extends PrivacyOptions {
  /** Different values that the table has room for; 1,000 by default. With more of them, none or few decode. */
  readonly capacity?: number;
  /** Values that are kept; all by default. */
  readonly top?: number;
}

export interface HeavyHitters extends Vocabulary {
  /** Rows of values that did not decode: 0, unless there are more of them than the table has room for. */
  readonly notDecodedRows: number;
}

/**
 * Values with their rows and clients, those of at least `minClients` clients alone. Exact, if `notDecodedRows` is 0; at
 * most 32,768 clients.
 */
export function heavyHitters(
  column: TableColumn,
  options: HeavyHittersOptions = {},
): Statistic<HeavyHitters> {
  checkOptions('Cannot find heavy hitters', options, { ...privacyChecks, capacity: count, top: count });
  const { capacity = 1000, top = Number.POSITIVE_INFINITY, minClients = 0 } = options;
  const layout = valueTable(column, capacity);
  return statisticOf({
    name: 'heavyHitters',
    data: columnData(column),
    aggregate: (data) => sumOfColumn('add values', column, data, (own) => ({ table: ownTable(layout, own) })),
    finish: ({ table }) => {
      const { values, notDecodedRows } = decodeTable(
        layout,
        column,
        (table as { readonly data: Int32Array }).data,
      );
      return { ...shownValues(values, { top, minClients, otherRows: notDecodedRows }), notDecodedRows };
    },
    error: { kind: 'exact' },
    privacy: {},
  });
}
