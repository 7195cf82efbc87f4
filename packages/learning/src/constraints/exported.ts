// What of constraints, and of the figures that they read, is exported by the main entry and by that of constraints.

export type {
  GroupFigures,
  GroupingFigures,
  MeasuredGroup,
  ShownGroup,
  ThresholdFigures,
  Uncertainty,
  WithheldGroup,
} from '../fairness/group-figures.js';
export { type Confusion, RATE_NAMES, type RateName, type Rates } from '../fairness/rates.js';
export * from './constraint.js';
export { type Figure, type FigureOrName, worst10 } from './figure.js';
export {
  type AmongGroups,
  type BetweenGroups,
  gap,
  type OfGroup,
  type RateOrRecall,
  rate,
  ratio,
  worst,
} from './group-figure.js';
export { atLeast, atMost, type LimitOptions } from './limits.js';
export * from './no-worse-than.js';
export * from './read-constraint.js';
