// Federated statistics: what a table holds, over clients that keep their rows.
export { type Covariance, covariance } from './joint/covariance.js';
export {
  informationOf,
  type MutualInformation,
  type MutualInformationOptions,
  mutualInformation,
} from './joint/mutual-information.js';
export { type Counts, counts } from './numbers/counts.js';
export { type Extremes, type ExtremesOptions, extremes } from './numbers/extremes.js';
export {
  type HierarchicalHistogram,
  type HierarchicalHistogramOptions,
  hierarchicalHistogram,
  quantileLeaf,
  rangeCount,
} from './numbers/hierarchical-histogram.js';
export { equalWidths, type Histogram, type HistogramOptions, histogram } from './numbers/histogram.js';
export { moments, type NumberMoments } from './numbers/moments.js';
export {
  type QuantileSketchOptions,
  quantileSketch,
  type SketchedQuantiles,
} from './numbers/quantile-sketch.js';
export {
  type QuantileMethod,
  type Quantiles,
  type QuantilesOptions,
  quantiles,
} from './numbers/quantiles.js';
export {
  type ErrorBound,
  evaluateStatistic,
  isWithheld,
  type PrivacyOptions,
  type Statistic,
  type StatisticDisclosure,
  type StatisticParts,
  statisticOf,
  type Withheld,
} from './statistic/statistic.js';
export {
  type OfTable,
  type TableResults,
  type TableStatistics,
  tableStatistics,
} from './table/table-statistics.js';
export {
  type ColumnSummary,
  histogramQuestion,
  type NumberSummary,
  SUMMARY_QUANTILES,
  summaryQuestion,
  type TableQuestion,
  type TableSummaryOptions,
  type TextSummary,
} from './table/table-summary.js';
export { type Coverage, type CoverageOptions, coverage } from './texts/coverage.js';
export { type Distinct, type DistinctOptions, distinct } from './texts/distinct.js';
export {
  type Distribution,
  jensenShannon,
  jensenShannonOfHistograms,
  lInfinity,
  normalizedDifference,
  rowsByValue,
} from './texts/drift.js';
export { type HeavyHitters, type HeavyHittersOptions, heavyHitters } from './texts/heavy-hitters.js';
export {
  type TrieHeavyHitters,
  type TrieHeavyHittersOptions,
  trieHeavyHitters,
} from './texts/trie-heavy-hitters.js';
export { type TrieVotes, trieEpsilon } from './texts/trie-privacy.js';
export { type Vocabulary, type VocabularyOptions, vocabulary } from './texts/vocabulary.js';
export type { CellValue, CountedValue } from './values/cell-values.js';
