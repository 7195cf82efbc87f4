// How many different values a column has: exactly, if they all fit into a decodable table, else by HyperLogLog
// (Flajolet, Fusy, Gandouet, Meunier, 2007) with linear counting where few registers are taken. A register's maximum
// over clients is the highest rank that any of them marks: marks add up, and a sum shows whether there are any.
import { tf } from '@starling/compute';
import { checkOptions, count, numberWithin, optionError } from '@starling/federated-core/plan';
import { cellBytes, columnData, type TableColumn } from '@starling/population';
import { type PrivacyOptions, privacyChecks, type Statistic, statisticOf } from '../statistic/statistic.js';
import { type CapturedColumn, foldValues, sumOfColumn } from '../values/fold-values.js';
import { hashed, SQUARE_MODULUS, valueHash } from '../values/value-hashes.js';
import { decodeTable, ownTable, valueTable } from './value-table.js';

export interface DistinctOptions extends PrivacyOptions {
  /** Up to so many different values are counted exactly; 100 by default. */
  readonly capacity?: number;
  /** Registers: 16 to 4,096, a power of two; 256 by default. The standard error is 1.04 / √registers. */
  readonly registers?: number;
}

export interface Distinct {
  readonly distinct: number;
  readonly isExact: boolean;
}

const RANKS = 24;
/** That one hash stands for. */
const TOSSES = 8;

/** Different values, NaN and infinities among them. No clients: 0. */
export function distinct(column: TableColumn, options: DistinctOptions = {}): Statistic<Distinct> {
  checkOptions('Cannot count distinct values', options, {
    ...privacyChecks,
    capacity: count,
    registers: numberWithin({ whole: true, from: 16, to: 4096 }),
  });
  const { capacity = 100, registers = 256 } = options;
  if (!Number.isInteger(Math.log2(registers))) {
    throw optionError(`Cannot count distinct values: registers must be a power of two, got ${registers}`);
  }
  const layout = valueTable(column, capacity);
  return statisticOf({
    name: 'distinct',
    data: columnData(column),
    aggregate: (data) =>
      sumOfColumn('mark values', column, data, (own) => ({
        table: ownTable(layout, own),
        marks: highestMarks(column, own, registers),
      })),
    finish: ({ table, marks }) => {
      const decoded = decodeTable(layout, column, (table as { readonly data: Int32Array }).data);
      if (decoded.notDecodedRows === 0) return { distinct: decoded.values.length, isExact: true };
      return { distinct: estimate((marks as { readonly data: Int32Array }).data, registers), isExact: false };
    },
    error: { kind: 'estimate', standardError: 1.04 / Math.sqrt(registers) },
    privacy: options,
  });
}

/** int32 [registers, ranks]: 1 at the highest rank of each register that a value came to. */
function highestMarks(column: TableColumn, own: CapturedColumn, registers: number): tf.Tensor {
  const size = cellBytes(column);
  const hashes = Array.from({ length: RANKS / TOSSES + 1 }, (_, at) =>
    valueHash(size, SQUARE_MODULUS, 'distinct', at),
  );
  // A number below half of the prime is a toss that is tails, below a quarter two, and so on.
  const bounds = Array.from({ length: TOSSES }, (_, toss) => SQUARE_MODULUS >> (toss + 1));
  const shape: [number, number] = [registers, RANKS];
  const marks = foldValues(own, tf.zeros(shape, 'int32'), (state: tf.Tensor, { value, isValue }) => {
    // A hash is the square of few numbers; sums of two are spread evenly, and these are independent of each other.
    const parts = hashes.map((hash) => hashed(value, hash));
    const modulo = (sum: tf.Tensor, modulus: number): tf.Tensor => tf.mod(sum, tf.scalar(modulus, 'int32'));
    const coins = parts.slice(1).map((part, at) => modulo(tf.add(part, parts[at]!), SQUARE_MODULUS));
    const twice = tf.mul(parts[2]!, tf.scalar(2, 'int32'));
    const register = modulo(modulo(tf.add(parts[0]!, twice), SQUARE_MODULUS), registers);
    // The rank is how many tosses in a row are tails; a coin is only tossed if all of the one before were.
    const tails = coins.map((coin) => {
      const isTails = tf.less(tf.reshape(coin, [-1, 1]), tf.tensor1d(bounds, 'int32'));
      return tf.sum(tf.cast(isTails, 'int32'), 1);
    });
    const allTails = tf.scalar(TOSSES, 'int32');
    const rank = tails.reduceRight((after, own) => {
      const goesOn = tf.cast(tf.equal(own, allTails), 'int32');
      return tf.add(own, tf.mul(goesOn, after));
    });
    const highest = tf.minimum(rank, tf.scalar(RANKS - 1, 'int32'));
    return tf.add(state, tf.scatterND(tf.stack([register, highest], 1), isValue, shape));
  });
  const isMarked = tf.cast(tf.greater(marks, tf.scalar(0, 'int32')), 'float32');
  const above = tf.cumsum(isMarked, 1, true, true);
  return tf.cast(tf.mul(isMarked, tf.cast(tf.equal(above, 0), 'float32')), 'int32');
}

function estimate(marks: Int32Array, registers: number): number {
  let sum = 0;
  let empty = 0;
  for (let register = 0; register < registers; register++) {
    const own = marks.subarray(register * RANKS, (register + 1) * RANKS);
    const highest = own.findLastIndex((clients) => clients > 0) + 1;
    sum += 2 ** -highest;
    if (highest === 0) empty++;
  }
  const alpha =
    registers === 16
      ? 0.673
      : registers === 32
        ? 0.697
        : registers === 64
          ? 0.709
          : 0.7213 / (1 + 1.079 / registers);
  const raw = (alpha * registers * registers) / sum;
  return raw <= 2.5 * registers && empty > 0 ? registers * Math.log(registers / empty) : raw;
}
