// How often each of some known values stands in a column, and with how many clients. A vector of sums, exact.
import { tf } from '@starling/compute';
import { checkOptions, count, kinds, optionError, required } from '@starling/federated-core/plan';
import { cellBytes, columnData, type TableColumn } from '@starling/population';
import { type PrivacyOptions, privacyChecks, type Statistic, statisticOf } from '../statistic/statistic.js';
import { byFrequency, bytesOfValue, type CellValue, type CountedValue } from '../values/cell-values.js';
import { foldValues, sumOfColumn } from '../values/fold-values.js';
import { knownValues, placeIn } from '../values/known-values.js';

export interface VocabularyOptions extends PrivacyOptions {
  /** The values that are counted, each once. */
  readonly values: readonly CellValue[];
  /** Values that are kept, the most frequent ones; all by default. */
  readonly top?: number;
}

export interface Vocabulary {
  /** Those with at least one row and `minClients` clients, by frequency (see `byFrequency`). */
  readonly values: readonly CountedValue[];
  /** Rows of all other values: unknown ones, those of too few clients, those after the first `top`. */
  readonly otherRows: number;
  /** How many of the given values too few clients have. */
  readonly withheldValues: number;
}

/** Rows and clients of each known value. A value of fewer than `minClients` clients counts as other. */
export function vocabulary(column: TableColumn, options: VocabularyOptions): Statistic<Vocabulary> {
  const action = 'Cannot count a vocabulary';
  checkOptions(action, options, { ...privacyChecks, values: required(kinds.list), top: count });
  const { values, top = values.length, minClients = 0 } = options;
  const bytes = values.map((value) => bytesOfValue(column, value));
  const written = bytes.map((one) => one.join());
  const repeated = values.find((_, at) => written.indexOf(written[at] as string) !== at);
  if (repeated !== undefined) {
    throw optionError(`${action}: values must differ, got ${JSON.stringify(repeated)} twice`);
  }
  const known = knownValues(cellBytes(column), bytes);
  const size = values.length + 1;
  return statisticOf({
    name: 'vocabulary',
    data: columnData(column),
    aggregate: (data) =>
      sumOfColumn('count values', column, data, (own) => {
        const zeros = tf.zeros([size, 2], 'int32');
        const counted = foldValues(own, zeros, (state: tf.Tensor, { value, rows, isValue }) => {
          const place = tf.reshape(placeIn(known, value), [-1, 1]);
          return tf.add(state, tf.scatterND(place, tf.stack([rows, isValue], 1), [size, 2]));
        });
        const [rows, clients] = tf.unstack(counted, 1) as [tf.Tensor, tf.Tensor];
        return { rows, valueClients: tf.minimum(clients, tf.scalar(1, 'int32')) };
      }),
    finish: ({ rows, valueClients }) => {
      const [allRows, allClients] = [rows, valueClients].map(
        (one) => (one as { readonly data: Int32Array }).data,
      ) as [Int32Array, Int32Array];
      const counted = values.map((value, at) => ({
        value,
        rows: allRows[at] as number,
        clients: allClients[at] as number,
      }));
      return shownValues(counted, { top, minClients, otherRows: allRows[values.length] as number });
    },
    error: { kind: 'exact' },
    // A value is withheld where too few clients have it, not the column.
    privacy: {},
  });
}

/** The values that may be shown, and what is left. */
export function shownValues(
  counted: readonly CountedValue[],
  {
    top,
    minClients,
    otherRows,
  }: { readonly top: number; readonly minClients: number; readonly otherRows: number },
): Vocabulary {
  const there = counted.filter(({ rows }) => rows > 0);
  const backed = there.filter(({ clients }) => clients >= minClients).sort(byFrequency);
  const shown = backed.slice(0, top);
  const shownRows = shown.reduce((sum, { rows }) => sum + rows, 0);
  const allRows = there.reduce((sum, { rows }) => sum + rows, otherRows);
  return { values: shown, otherRows: allRows - shownRows, withheldValues: there.length - backed.length };
}
