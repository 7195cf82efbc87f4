// What a preprocessing function may ask of all rows, and how a call of it is kept.
import type { Statistic } from '@starling/analytics';
import type { tf } from '@starling/compute';
import type { Tensor } from '@starling/federated-core';
import type { TableColumn } from '@starling/population';
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
  /**
   * To 0 … 1 by its place among as many buckets of equally many rows, and within its bucket in proportion: spread
   * evenly, however the numbers are spread. 0 below the first boundary, 1 from the last one on; NaN stays NaN.
   */
  spreadEvenly(x: tf.Tensor, buckets: number): tf.Tensor;
  /**
   * From the smallest number to the largest to 0 … 1, or between two others. They are one client's value each, and so
   * must be disclosed; `scaleTo01` needs none. A column of one value becomes its sigmoid first.
   */
  scaleByMinMax(
    x: tf.Tensor,
    options: { readonly disclose: 'extremes'; readonly to?: readonly [number, number] },
  ): tf.Tensor;
  /** A scalar: the mean of the numbers that are finite; 0 of none. So are `sum`, `variance` and `stddev`. */
  mean(x: tf.Tensor): tf.Tensor;
  sum(x: tf.Tensor): tf.Tensor;
  /** Of the population, as TensorFlow Transform has it. */
  variance(x: tf.Tensor): tf.Tensor;
  stddev(x: tf.Tensor): tf.Tensor;
  /** A scalar: how many rows have a finite number; float32. */
  count(x: tf.Tensor): tf.Tensor;
  /** A scalar: the quantile of the numbers, an element of them; above 0, below 1. */
  quantile(x: tf.Tensor, share: number): tf.Tensor;
  /** [shares]: several of them, asked of the clients at once. */
  quantiles(x: tf.Tensor, shares: readonly number[]): tf.Tensor;
}
