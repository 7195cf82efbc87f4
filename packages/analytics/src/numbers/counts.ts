// Counts of a column: rows with and without a value, and what the values are. Sums of whole numbers, and so the same
// for every split of the rows.
import { tf } from '@starling/compute';
import { checkOptions } from '@starling/federated-core/plan';
import type { TableColumn } from '@starling/population';
import { columnData } from '@starling/population';
import { type PrivacyOptions, privacyChecks, type Statistic, statisticOf } from '../statistic/statistic.js';
import { foldValues, sumOfColumn } from '../values/fold-values.js';
import { numberClasses } from '../values/number-classes.js';

export interface Counts {
  /** All rows, with a value or without. */
  readonly rows: number;
  readonly missing: number;
  /** Clients with a value. */
  readonly clients: number;
  /** Of numbers; all 0 of text. */
  readonly nan: number;
  readonly positiveInfinity: number;
  readonly negativeInfinity: number;
  readonly zeros: number;
  /** Of text: bytes of UTF-8 in all; 0 of numbers. */
  readonly bytes: number;
}

/** Rows, missing values, NaN, infinities and zeros. At most 2^31 − 1 rows; no clients: all 0. */
export function counts(column: TableColumn, options: PrivacyOptions = {}): Statistic<Counts> {
  checkOptions('Cannot count', options, privacyChecks);
  const names = [
    'present',
    'missing',
    'nan',
    'positiveInfinity',
    'negativeInfinity',
    'zeros',
    'bytes',
  ] as const;
  return statisticOf({
    name: 'counts',
    data: columnData(column),
    aggregate: (data) =>
      sumOfColumn('count', column, data, (own) => {
        const none = tf.zeros([names.length - 1], 'int32');
        const sums = foldValues(own, none, (state, { value, rows }) =>
          tf.add(state, classSums(column, value, rows)),
        );
        const [present, ...rest] = tf.split(sums, names.length - 1) as tf.Tensor[];
        const all = tf.concat([present as tf.Tensor, tf.reshape(own.missing, [1]), ...rest]);
        return { counts: all };
      }),
    finish: ({ counts: tensor, clients }) => {
      const numbers = (tensor as { readonly data: Int32Array }).data;
      const named = Object.fromEntries(names.map((name, at) => [name, numbers[at] as number]));
      const { present = 0, missing = 0, ...rest } = named;
      return { rows: present + missing, missing, clients, ...rest } as unknown as Counts;
    },
    error: { kind: 'exact' },
    privacy: options,
  });
}

/** int32 [6]: rows with a value, with NaN, +∞, −∞ and zero, and bytes of text. */
function classSums(column: TableColumn, value: tf.Tensor2D, rows: tf.Tensor1D): tf.Tensor {
  const [batch] = value.shape;
  const none = tf.zeros([batch], 'int32') as tf.Tensor1D;
  const ones = tf.ones([batch], 'int32') as tf.Tensor1D;
  const bytes = (): tf.Tensor => tf.sum(tf.cast(tf.greater(value, tf.scalar(0, 'int32')), 'int32'), 1);
  if (column.kind === 'text') {
    return tf.sum(tf.mul(tf.stack([ones, none, none, none, none, bytes()]), rows), 1);
  }
  const { nan, positiveInfinity, negativeInfinity, zero } = numberClasses(column, value);
  return tf.sum(tf.mul(tf.stack([ones, nan, positiveInfinity, negativeInfinity, zero, none]), rows), 1);
}
