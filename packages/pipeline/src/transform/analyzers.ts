// Analyzers: what a preprocessing function asks of all rows. Each is a statistic, and what becomes of it are constants
// of the graph. Until they are known, others stand in their place.
import {
  type Extremes,
  extremes,
  type HeavyHitters,
  heavyHitters,
  moments,
  type NumberMoments,
  type Quantiles,
  quantiles,
} from '@starling/analytics';
import { tf } from '@starling/compute';
import type { Tensor } from '@starling/federated-core';
import { checkOptions, count, kinds, numberWithin, optionError } from '@starling/federated-core/plan';
import { type NumberColumn, type TableColumn, type TextColumn, textBytes } from '@starling/population';
import type { Analyze, AnalyzerCall, Constants, KnownConstants } from './analyze.js';
import { spread } from './mappers.js';

export interface AnalyzeParts {
  readonly columns: Readonly<Record<string, TableColumn>>;
  /** The columns as the function has them: those that it analyses as they are, are known by this. */
  readonly tensors: Readonly<Record<string, tf.Tensor>>;
  readonly known: KnownConstants;
  /** Constants that stand in differ by this. */
  readonly salt: number;
  readonly minClients: number;
  /** Called with each call, in order. */
  readonly onCall: (call: AnalyzerCall) => void;
}

export function analyzeWith(parts: AnalyzeParts): Analyze {
  const { columns, tensors, known, salt, minClients, onCall } = parts;
  let calls = 0;
  /** `standIn`: numbers that may stand for the constants, given one that no other call has. */
  function ask(
    call: Omit<AnalyzerCall, 'column'>,
    standIn: (unlike: number) => Constants,
  ): Readonly<Record<string, tf.Tensor>> {
    const column = Object.keys(tensors).find((name) => tensors[name] === call.input) ?? null;
    const isText = column !== null && columns[column]?.kind === 'text';
    if (isText !== (call.kind === 'vocabulary')) {
      const need = call.kind === 'vocabulary' ? 'a column of text, as it is' : 'numbers';
      throw optionError(
        `Cannot analyze by ${call.kind}: need ${need}, got ${isText ? `the texts of '${column}'` : 'numbers'}`,
      );
    }
    if (!isText && call.input.rank !== 1) {
      throw optionError(
        `Cannot analyze by ${call.kind}: need one number for each row, [B], got [${call.input.shape}]`,
      );
    }
    onCall({ ...call, column });
    const place = calls++;
    const constants = known.get(place) ?? standIn(salt + place / 1000);
    // A graph has its constants in the order in which they are made, and an artifact gives them by name.
    const names = Object.keys(constants).sort();
    return Object.fromEntries(names.map((name) => [name, constantTensor(constants[name] as Tensor)]));
  }

  function momentsOf(
    kind: string,
    x: tf.Tensor,
    of: (found: NumberMoments) => Readonly<Record<string, number>>,
  ): Readonly<Record<string, tf.Tensor>> {
    const scalars = (numbers: Readonly<Record<string, number>>): Constants =>
      Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, scalar(value)]));
    return ask(
      {
        kind,
        parameters: null,
        input: x,
        statistic: (column) => moments(column as NumberColumn, { minClients }),
        constantsOf: (result) => scalars(of(result as NumberMoments)),
      },
      (unlike) =>
        scalars(of({ count: 2, mean: unlike, variance: unlike + 2, stddev: unlike + 2, sum: unlike })),
    );
  }

  /** A scalar of the moments. */
  const momentOf =
    (kind: string, of: (found: NumberMoments) => number | null) =>
    (x: tf.Tensor): tf.Tensor =>
      momentsOf(kind, x, (found) => ({ value: of(found) ?? 0 }))['value'] as tf.Tensor;

  /** To 0 … 1 from `low` to `high`; the sigmoid where they are one. */
  function between(x: tf.Tensor, low: tf.Tensor, high: tf.Tensor): tf.Tensor {
    const range = tf.sub(high, low);
    const isRange = tf.greater(range, tf.scalar(0));
    const scaled = tf.clipByValue(tf.div(tf.sub(x, low), tf.where(isRange, range, tf.scalar(1))), 0, 1);
    return tf.where(isRange, scaled, tf.sigmoid(x));
  }

  function boundariesOf(kind: string, action: string, x: tf.Tensor, buckets: number): tf.Tensor {
    numberWithin({ whole: true, from: 2, to: 1000 })(action, 'buckets', buckets);
    const shares = Array.from({ length: buckets - 1 }, (_, at) => (at + 1) / buckets);
    return quantilesOf(kind, x, shares, 'boundary');
  }

  function quantilesOf(
    kind: string,
    x: tf.Tensor,
    shares: readonly number[],
    method: 'element' | 'boundary',
  ): tf.Tensor {
    const { values } = ask(
      {
        kind,
        parameters: shares,
        input: x,
        statistic: (column) => quantiles(column as NumberColumn, { quantiles: shares, method, minClients }),
        constantsOf: (result) => {
          const found = (result as Quantiles).quantiles.map(({ value }) => value ?? 0);
          return { values: { dtype: 'float32', shape: [found.length], data: Float32Array.from(found) } };
        },
      },
      (unlike) => ({
        values: {
          dtype: 'float32',
          shape: [shares.length],
          data: Float32Array.from(shares, (share) => unlike + share),
        },
      }),
    );
    return values as tf.Tensor;
  }

  return {
    zScore: (x) => {
      const { mean, stddev } = momentsOf('zScore', x, (found) => ({
        mean: found.mean ?? 0,
        stddev: found.stddev === null || found.stddev === 0 ? 1 : found.stddev,
      })) as { mean: tf.Tensor; stddev: tf.Tensor };
      return tf.div(tf.sub(x, mean), stddev);
    },
    mean: momentOf('mean', ({ mean }) => mean),
    sum: momentOf('sum', ({ sum }) => sum),
    variance: momentOf('variance', ({ variance }) => variance),
    stddev: momentOf('stddev', ({ stddev }) => stddev),
    count: momentOf('count', ({ count: rows }) => rows),
    quantile: (x, share) => tf.reshape(quantilesOf('quantile', x, [share], 'element'), []),
    quantiles: (x, shares) => quantilesOf('quantiles', x, shares, 'element'),
    scaleTo01: (x, { between: shares = [0.01, 0.99] } = {}) => {
      const [low, high] = tf.unstack(quantilesOf('scaleTo01', x, shares, 'element')) as [
        tf.Tensor,
        tf.Tensor,
      ];
      return between(x, low, high);
    },
    scaleByMinMax: (x, options) => {
      const action = 'Cannot scale by the extremes';
      checkOptions(action, options, { disclose: true, to: kinds.list });
      if (options.disclose !== 'extremes') {
        throw optionError(
          `${action}: they are one client's value each, so disclose must be 'extremes'; scaleTo01 goes by quantiles, which disclose less`,
        );
      }
      const { to: [first, last] = [0, 1] } = options;
      if (!(first < last)) {
        throw optionError(`${action}: to must be two numbers that ascend, got ${first} and ${last}`);
      }
      const { low, high } = ask(
        {
          kind: 'scaleByMinMax',
          parameters: null,
          input: x,
          statistic: (column) => extremes(column as NumberColumn, { disclose: 'extremes', minClients }),
          constantsOf: (result) => {
            const { min, max } = result as Extremes;
            return { low: scalar(min ?? 0), high: scalar(max ?? 0) };
          },
        },
        (unlike) => ({ low: scalar(unlike), high: scalar(unlike + 2) }),
      ) as { low: tf.Tensor; high: tf.Tensor };
      return tf.add(tf.mul(between(x, low, high), tf.scalar(last - first)), tf.scalar(first));
    },
    bucketize: (x, buckets) => {
      const boundaries = boundariesOf('bucketize', 'Cannot bucketize', x, buckets);
      return tf.sum(tf.cast(tf.greaterEqual(tf.expandDims(x, 1), tf.expandDims(boundaries, 0)), 'int32'), 1);
    },
    spreadEvenly: (x, buckets) => {
      const action = 'Cannot spread evenly';
      numberWithin({ whole: true, from: 3, to: 1000 })(action, 'buckets', buckets);
      const boundaries = boundariesOf('spreadEvenly', action, x, buckets);
      // From one boundary to the next: what of it lies below the number. Boundaries that are one count as passed.
      const low = tf.expandDims(tf.slice(boundaries, [0], [buckets - 2]), 0);
      const high = tf.expandDims(tf.slice(boundaries, [1], [buckets - 2]), 0);
      const width = tf.sub(high, low);
      const isWide = tf.greater(width, tf.scalar(0));
      const own = tf.expandDims(x, 1);
      const within = tf.clipByValue(tf.div(tf.sub(own, low), tf.where(isWide, width, tf.scalar(1))), 0, 1);
      const passed = tf.cast(tf.greaterEqual(own, low), 'float32');
      return tf.where(tf.isNaN(x), x, tf.mean(tf.where(isWide, within, passed), 1));
    },
    vocabulary: (text, options) => {
      checkOptions('Cannot make a vocabulary', options, {
        top: count,
        minClients: numberWithin({ whole: true, from: 0 }),
        outOfVocabulary: numberWithin({ whole: true, from: 0 }),
        capacity: count,
      });
      const { top, outOfVocabulary = 0, capacity = Math.max(200, top) } = options;
      const { minClients: least = minClients } = options;
      const width = text.shape.at(-1) as number;
      const column: TextColumn = { kind: 'text', maxBytes: width };
      const wordsOf = (result: unknown): readonly string[] =>
        (result as HeavyHitters).values
          .map(({ value }) => String(value))
          .filter((word) => word !== '')
          .slice(0, top);
      const { words, size } = ask(
        {
          kind: 'vocabulary',
          parameters: { top, minClients: least, outOfVocabulary, capacity },
          input: text,
          statistic: (own) => heavyHitters(own, { capacity, minClients: least }),
          constantsOf: (result) => {
            const found = wordsOf(result);
            const rows = Array.from({ length: top }, (_, at) =>
              // No byte is −1: a place without a word is like no text.
              at < found.length ? [...textBytes(column, found[at] as string)] : Array<number>(width).fill(-1),
            );
            return { words: int32Of([top, width], rows.flat()), size: int32Of([], [found.length]) };
          },
          words: wordsOf,
        },
        (unlike) => ({
          words: int32Of([top, width], Array(top * width).fill(-2 - Math.round(unlike * 1000))),
          size: int32Of([], [top + Math.round(unlike * 1000)]),
        }),
      ) as { words: tf.Tensor; size: tf.Tensor };
      const matches = tf.all(tf.equal(tf.expandDims(text, 1), tf.expandDims(words, 0)), 2);
      const places = tf.range(1, top + 1, 1, 'int32');
      // At most one word matches: the sum of its place, from 1, and 0 for none.
      const place = tf.sum(tf.mul(tf.cast(matches, 'int32'), tf.expandDims(places, 0)), 1);
      const other =
        outOfVocabulary === 0 ? tf.scalar(-1, 'int32') : tf.add(size, spread(text, outOfVocabulary));
      return tf.where(tf.greater(place, tf.scalar(0, 'int32')), tf.sub(place, tf.scalar(1, 'int32')), other);
    },
  };
}

function constantTensor({ dtype, shape, data }: Tensor): tf.Tensor {
  return tf.tensor(data as Float32Array, [...shape], dtype as 'float32' | 'int32');
}

const scalar = (value: number): Tensor => ({ dtype: 'float32', shape: [], data: Float32Array.of(value) });
const int32Of = (shape: readonly number[], values: readonly number[]): Tensor => ({
  dtype: 'int32',
  shape,
  data: Int32Array.from(values),
});
