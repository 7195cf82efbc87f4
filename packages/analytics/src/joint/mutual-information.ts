// How much one column tells of another: from how many rows have each pair of known values. Values that are not listed
// are one value, `other`, of their column.
import { tf } from '@starling/compute';
import { checkOptions, kinds, required } from '@starling/federated-core/plan';
import { cellBytes, jointData, type TableColumn } from '@starling/population';
import { type PrivacyOptions, privacyChecks, type Statistic, statisticOf } from '../statistic/statistic.js';
import { bytesOfValue, type CellValue } from '../values/cell-values.js';
import { foldRows, sumOfRows } from '../values/fold-rows.js';
import { knownValues, placeIn } from '../values/known-values.js';

export interface MutualInformationOptions extends PrivacyOptions {
  /** The values of each of the two columns that are told apart. */
  readonly values: readonly [readonly CellValue[], readonly CellValue[]];
}

export interface MutualInformation {
  /** Rows with both values. */
  readonly count: number;
  /** By value of the first column, then of the second; the last of each is `other`. */
  readonly counts: readonly (readonly number[])[];
  /** In bits, from 0; null of no rows. */
  readonly bits: number | null;
  /** As a share of the smaller entropy: 1 if one column follows from the other; null if one is constant. */
  readonly share: number | null;
}

/** Of two columns of numbers or text. */
export function mutualInformation(
  columns: readonly [TableColumn, TableColumn],
  options: MutualInformationOptions,
): Statistic<MutualInformation> {
  checkOptions('Cannot take mutual information', options, { ...privacyChecks, values: required(kinds.list) });
  const known = columns.map((column, at) =>
    knownValues(
      cellBytes(column),
      (options.values[at] as readonly CellValue[]).map((value) => bytesOfValue(column, value)),
    ),
  );
  const shape = known.map(({ bytes }) => bytes.length + 1) as [number, number];
  return statisticOf({
    name: 'mutualInformation',
    data: jointData(columns),
    aggregate: (data) =>
      sumOfRows('count pairs', columns, data, (own) => ({
        counts: foldRows(own, tf.zeros(shape, 'int32'), (state: tf.Tensor, values, isRow) => {
          const places = known.map((one, at) => placeIn(one, values[at] as tf.Tensor2D));
          return tf.add(state, tf.scatterND(tf.stack(places, 1), isRow, shape));
        }),
      })),
    finish: ({ counts: tensor }) => {
      const flat = [...(tensor as { readonly data: Int32Array }).data];
      const counts = Array.from({ length: shape[0] }, (_, row) =>
        flat.slice(row * shape[1], (row + 1) * shape[1]),
      );
      return { counts, ...informationOf(counts) };
    },
    error: { kind: 'exact' },
    privacy: options,
  });
}

/** I(X; Y) = H(X) + H(Y) − H(X, Y). */
export function informationOf(counts: readonly (readonly number[])[]): Omit<MutualInformation, 'counts'> {
  const rows = counts.map((row) => row.reduce((sum, one) => sum + one, 0));
  const columns = (counts[0] ?? []).map((_, at) => counts.reduce((sum, row) => sum + (row[at] as number), 0));
  const count = rows.reduce((sum, one) => sum + one, 0);
  if (count === 0) return { count, bits: null, share: null };
  const [first, second, both] = [rows, columns, counts.flat()].map((one) => entropy(one, count)) as [
    number,
    number,
    number,
  ];
  const bits = Math.max(0, first + second - both);
  const least = Math.min(first, second);
  return { count, bits, share: least === 0 ? null : Math.min(1, bits / least) };
}

function entropy(counts: readonly number[], total: number): number {
  return counts.reduce((sum, one) => (one === 0 ? sum : sum - (one / total) * Math.log2(one / total)), 0);
}
