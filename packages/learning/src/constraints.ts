// Constraints, and the figures that they read, without a model: what gates and shows a model loads no tensor library.
export * from './constraints/constraint.js';
export { type Figure, type FigureOrName, worst10 } from './constraints/figure.js';
export {
  type AmongGroups,
  type BetweenGroups,
  gap,
  type OfGroup,
  type RateOrRecall,
  rate,
  ratio,
  worst,
} from './constraints/group-figure.js';
export { atLeast, atMost, type LimitOptions } from './constraints/limits.js';
export * from './constraints/no-worse-than.js';
export * from './constraints/read-constraint.js';
export type {
  GroupFigures,
  GroupingFigures,
  MeasuredGroup,
  ShownGroup,
  ThresholdFigures,
  Uncertainty,
  WithheldGroup,
} from './fairness/group-figures.js';
export { type Confusion, RATE_NAMES, type RateName, type Rates } from './fairness/rates.js';
