// A column over clients rather than over rows: how many have it at all, and how many miss it in many of their rows. A
// column may be there in most rows and be missing at many owners, which no count of rows shows.
import { tf } from '@starling/compute';
import { checkOptions } from '@starling/federated-core/plan';
import { columnData, type TableColumn } from '@starling/population';
import { fractionOf } from '../numbers/ranks.js';
import { type PrivacyOptions, privacyChecks, type Statistic, statisticOf } from '../statistic/statistic.js';
import { foldValues, sumOfColumn } from '../values/fold-values.js';

export interface CoverageOptions extends PrivacyOptions {
  /** The share of a client's rows that may miss the column; 0.5 by default. A fraction a / b with b up to 46,340. */
  readonly maxMissing?: number;
}

export interface Coverage {
  /** Clients that answered, with rows or without. */
  readonly clients: number;
  readonly withRows: number;
  /** Clients with at least one value of the column. */
  readonly withValues: number;
  /** Clients that miss the column in more than `maxMissing` of their rows. */
  readonly missingMost: number;
  /** By k: clients of 2^k to below 2^(k+1) rows. */
  readonly clientsBySize: readonly number[];
}

const SIZES = 31;

/** No clients: all 0. */
export function coverage(column: TableColumn, options: CoverageOptions = {}): Statistic<Coverage> {
  const action = 'Cannot count clients';
  checkOptions(action, options, { ...privacyChecks, maxMissing: () => {} });
  const { numerator, denominator } = fractionOf(action, options.maxMissing ?? 0.5);
  const int = (value: number): tf.Tensor => tf.scalar(value, 'int32');
  return statisticOf({
    name: 'coverage',
    data: columnData(column),
    aggregate: (data) =>
      sumOfColumn('count clients', column, data, (own) => {
        const present = foldValues(own, int(0), (state: tf.Tensor, { rows }) => tf.add(state, tf.sum(rows)));
        const rows = tf.add(present, own.missing);
        const one = (condition: tf.Tensor): tf.Tensor => tf.cast(condition, 'int32');
        // ⌊rows · numerator / denominator⌋, in int32 that does not overflow.
        const allowed = tf.add(
          tf.mul(tf.floorDiv(rows, int(denominator)), int(numerator)),
          tf.floorDiv(tf.mul(tf.mod(rows, int(denominator)), int(numerator)), int(denominator)),
        );
        const least = tf.tensor1d(
          Array.from({ length: SIZES }, (_, size) => 2 ** size),
          'int32',
        );
        const reaches = one(tf.greaterEqual(rows, least));
        const next = tf.pad(tf.slice(reaches, [1], [SIZES - 1]), [[0, 1]]);
        return {
          counted: tf.stack([
            int(1),
            one(tf.greater(rows, int(0))),
            one(tf.greater(present, int(0))),
            one(tf.greater(own.missing, allowed)),
          ]),
          clientsBySize: tf.sub(reaches, next),
        };
      }),
    finish: ({ counted, clientsBySize }) => {
      const [clients = 0, withRows = 0, withValues = 0, missingMost = 0] = (
        counted as { readonly data: Int32Array }
      ).data;
      return {
        clients,
        withRows,
        withValues,
        missingMost,
        clientsBySize: [...(clientsBySize as { readonly data: Int32Array }).data],
      };
    },
    error: { kind: 'exact' },
    privacy: options,
  });
}
