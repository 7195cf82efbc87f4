// What a preprocessing function may ask of all rows: each analyzer is a statistic, and what becomes of it are constants
// of the graph. Until they are known, others stand in their place.
import {
  type HeavyHitters,
  heavyHitters,
  moments,
  type NumberMoments,
  type Quantiles,
  quantiles,
  type Statistic,
} from '@starling/analytics';
import { tf } from '@starling/compute';
import type { Tensor } from '@starling/federated-core';
import { checkOptions, count, numberWithin, optionError } from '@starling/federated-core/plan';
import { type NumberColumn, type TableColumn, type TextColumn, textBytes } from '@starling/population';
import type { Json } from '../artifacts/canonical.js';

/** Tensors by name: what a statistic has become. */
export type Constants = Readonly<Record<string, Tensor>>;

/** An analyzer as it was called. */
export interface AnalyzerCall {
  readonly kind: string;
  readonly parameters: Json;
  /** [B]: what it is asked of; of a column as it is, its name. */
  readonly input: tf.Tensor;
  readonly column: string | null;
  statistic(column: TableColumn): Statistic<unknown>;
  constantsOf(result: unknown): Constants;
  /** For people: the words of a vocabulary, line by line. */
  words?(result: unknown): readonly string[];
}

/** What is known of the analyzers, in the order of their calls. */
export type KnownConstants = ReadonlyMap<number, Constants>;

export interface VocabularyOptions {
  /** Words that are kept, the most frequent ones; of as many rows the one that is later by its bytes. From 1. */
  readonly top: number;
  /** A word of fewer clients is none; by default as the transformer says. */
  readonly minClients?: number;
  /** Places after the last word, among which other words are spread by a hash; 0 by default, and others are −1. */
  readonly outOfVocabulary?: number;
  /** Different words that are found; by default 200, and at least `top`. */
  readonly capacity?: number;
}

/** What a preprocessing function is given besides columns. Each takes one number, or one text, for each row: [B]. */
export interface Analyze {
  /** (x − mean) / standard deviation; 0 of a column of one value. NaN stays NaN. */
  zScore(x: tf.Tensor): tf.Tensor;
  /**
   * To 0 … 1 between two quantiles, `[0.01, 0.99]` by default, and cut off there: the extremes would be one client's
   * values. A column of one value becomes its sigmoid, as in TensorFlow Transform.
   */
  scaleTo01(x: tf.Tensor, options?: { readonly between?: readonly [number, number] }): tf.Tensor;
  /** int32: which of so many buckets of equally many rows it is in. NaN is in the first. */
  bucketize(x: tf.Tensor, buckets: number): tf.Tensor;
  /** int32: the place of a text among the most frequent ones. */
  vocabulary(text: tf.Tensor, options: VocabularyOptions): tf.Tensor;
  /** A scalar: the mean of the numbers. */
  mean(x: tf.Tensor): tf.Tensor;
  /** A scalar: the quantile of the numbers, an element of them; above 0, below 1. */
  quantile(x: tf.Tensor, share: number): tf.Tensor;
}

/** Where there is no value, `value`. */
export function fillMissing(x: tf.Tensor, value: tf.Tensor | number): tf.Tensor {
  return tf.where(tf.isNaN(x), typeof value === 'number' ? tf.scalar(value) : value, x);
}

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
    return Object.fromEntries(
      Object.entries(constants).map(([name, value]) => [name, constantTensor(value)]),
    );
  }

  function momentsOf(kind: string, x: tf.Tensor): Readonly<Record<string, tf.Tensor>> {
    return ask(
      {
        kind,
        parameters: null,
        input: x,
        statistic: (column) => moments(column as NumberColumn, { minClients }),
        constantsOf: (result) => {
          const { mean, stddev } = result as NumberMoments;
          return { mean: scalar(mean ?? 0), stddev: scalar(stddev === null || stddev === 0 ? 1 : stddev) };
        },
      },
      (unlike) => ({ mean: scalar(unlike), stddev: scalar(unlike + 2) }),
    );
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
      const { mean, stddev } = momentsOf('zScore', x) as { mean: tf.Tensor; stddev: tf.Tensor };
      return tf.div(tf.sub(x, mean), stddev);
    },
    mean: (x) => momentsOf('mean', x)['mean'] as tf.Tensor,
    quantile: (x, share) => tf.reshape(quantilesOf('quantile', x, [share], 'element'), []),
    scaleTo01: (x, { between = [0.01, 0.99] } = {}) => {
      const [low, high] = tf.unstack(quantilesOf('scaleTo01', x, between, 'element')) as [
        tf.Tensor,
        tf.Tensor,
      ];
      const range = tf.sub(high, low);
      const isRange = tf.greater(range, tf.scalar(0));
      const scaled = tf.clipByValue(tf.div(tf.sub(x, low), tf.where(isRange, range, tf.scalar(1))), 0, 1);
      return tf.where(isRange, scaled, tf.sigmoid(x));
    },
    bucketize: (x, buckets) => {
      numberWithin({ whole: true, from: 2, to: 1000 })('Cannot bucketize', 'buckets', buckets);
      const shares = Array.from({ length: buckets - 1 }, (_, at) => (at + 1) / buckets);
      const boundaries = quantilesOf('bucketize', x, shares, 'boundary');
      return tf.sum(tf.cast(tf.greaterEqual(tf.expandDims(x, 1), tf.expandDims(boundaries, 0)), 'int32'), 1);
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

/** A hash of each text, from 0 to `places` − 1. 250 bytes of at most 255 times 32,748 stay below 2^31. */
function spread(text: tf.Tensor, places: number): tf.Tensor {
  const width = text.shape.at(-1) as number;
  const factors = tf.tensor1d(
    Array.from({ length: width }, (_, at) => 1 + ((at * 7919 + 17) % 32748)),
    'int32',
  );
  return tf.mod(tf.sum(tf.mul(text, tf.expandDims(factors, 0)), 1), tf.scalar(places, 'int32'));
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
