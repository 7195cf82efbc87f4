// What is known of one split of a table: data, as the artifact `statistics.json` has it. The figures and their names
// are those of TensorFlow's metadata (`statistics.proto`), in camel case; what a single client's value would tell is
// left out, and what is known of clients rather than rows is added.
import type { CountedValue, Coverage, Histogram } from '@starling/analytics';

export type FeatureType = 'INT' | 'FLOAT' | 'STRING' | 'BYTES';

/** How many values an example has of a feature: 1 of a column of a table. */
export interface ValueCounts {
  readonly min: number;
  readonly max: number;
  readonly total: number;
}

export interface NumericStatistics {
  /** Null of no finite values. */
  readonly mean: number | null;
  /** Of the population. */
  readonly stdDev: number | null;
  readonly numZeros: number;
  readonly numNan: number;
  readonly numInfinite: number;
  /** One client's value each, and so null unless they were asked for. */
  readonly min: number | null;
  readonly max: number | null;
  readonly quantiles: readonly { readonly quantile: number; readonly value: number | null }[];
  readonly histogram: Histogram | null;
  /** Values outside the bounds of the schema that was there when clients were asked; null without bounds. */
  readonly outside: OutsideBounds | null;
}

export interface OutsideBounds {
  readonly min: number | null;
  readonly max: number | null;
  readonly below: number;
  readonly above: number;
}

export interface TextStatistics {
  /** Different values; null if too few clients have one. */
  readonly unique: number | null;
  /** The most frequent ones, those of enough clients. */
  readonly values: readonly CountedValue[];
  /** Rows of all others. */
  readonly otherRows: number;
  /** Values that too few clients have; they are among the others. */
  readonly withheldValues: number;
  readonly invalidUtf8Count: number;
  /** Rows inside and outside of the values of the schema that was there when clients were asked; else null. */
  readonly domain: {
    readonly values: readonly string[];
    readonly insideRows: number;
    readonly outsideRows: number;
  } | null;
}

export interface FeatureStatistics {
  readonly name: string;
  readonly type: FeatureType;
  readonly numNonMissing: number;
  readonly numMissing: number;
  readonly numValues: ValueCounts;
  readonly numeric: NumericStatistics | null;
  readonly text: TextStatistics | null;
  /** Of clients rather than rows. */
  readonly clients: Coverage | null;
  /** Why there is nothing but counts: too few clients have a value. */
  readonly withheld?: string;
}

export interface DatasetStatistics {
  readonly numExamples: number;
  readonly numClients: number;
  readonly features: readonly FeatureStatistics[];
}
