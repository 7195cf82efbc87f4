// Who takes part, with what data.

export type { KnownClient } from './client-data/chosen-clients.js';
export * from './client-data/client-data.js';
export type { ClientSource } from './client-data/client-source.js';
export * from './client-data/concatenated.js';
export type { MapRow, Row } from './client-data/mapped-rows.js';
export type { ColumnMoments, Moments, MomentsOptions } from './client-data/moments.js';
export type { ColumnSelection } from './client-data/selected-columns.js';
export type { RowSplitOptions } from './client-data/split-rows.js';
export * from './partitioners/continuous-partition.js';
export * from './partitioners/describe-partition.js';
export * from './partitioners/dirichlet-partition.js';
export {
  type DistributionPartitionOptions,
  distributionPartition,
} from './partitioners/distribution-partition.js';
export * from './partitioners/exponential-partition.js';
export * from './partitioners/grouped-natural-id-partition.js';
export * from './partitioners/iid-partition.js';
export * from './partitioners/indices-partition.js';
export * from './partitioners/inner-dirichlet-partition.js';
export * from './partitioners/label-dirichlet-partition.js';
export * from './partitioners/linear-partition.js';
export * from './partitioners/natural-id-partition.js';
export * from './partitioners/partitioner.js';
export * from './partitioners/pathological-partition.js';
export * from './partitioners/power-law-partition.js';
export * from './partitioners/shard-partition.js';
export * from './partitioners/size-partition.js';
export * from './partitioners/square-partition.js';
export * from './populations/attacked-population.js';
export { sliceRows, takeRows } from './populations/dataset-rows.js';
export * from './populations/describe-population.js';
export { fingerprintOf } from './populations/fingerprint.js';
export * from './populations/generated-population.js';
export * from './populations/joined-population.js';
export * from './populations/noise-skew.js';
export * from './populations/partitioned-population.js';
export * from './populations/population.js';
export { populationKind } from './populations/population-kind.js';
export * from './populations/population-of.js';
export * from './populations/rotation-skew.js';
export * from './populations/skewed-population.js';
export {
  type ClientSplitOptions,
  type SplitPopulation,
  splitPopulation,
} from './populations/split-population.js';
export * from './samplers/availability.js';
export * from './samplers/available-sampler.js';
export * from './samplers/check-cohort.js';
export * from './samplers/everyone-sampler.js';
export * from './samplers/last-reports.js';
export { participationOf } from './samplers/participation-of.js';
export * from './samplers/poisson-sampler.js';
export * from './samplers/power-of-choice-sampler.js';
export * from './samplers/round-robin-sampler.js';
export * from './samplers/sampler.js';
export { samplerKind } from './samplers/sampler-kind.js';
export * from './samplers/uniform-sampler.js';
export { type WeightedSamplerOptions, weightedSampler } from './samplers/weighted-sampler.js';
export { orderedNumber, readNumber, readText, textBytes } from './tables/cell-bytes.js';
export { splitTables, type TableSplitOptions } from './tables/split-tables.js';
export {
  type Cell,
  type NumberCells,
  type Table,
  type TableClient,
  type TableRow,
  type Tables,
  type TextCells,
  tablesOf,
} from './tables/table.js';
export {
  cellBytes,
  computedColumn,
  type NumberColumn,
  type NumberFormat,
  numberColumn,
  type TableColumn,
  type TableColumns,
  type TextColumn,
  textColumn,
} from './tables/table-column.js';
export { columnData, jointData, tableData } from './tables/table-data.js';
export { type TablePopulationOptions, tablePopulation } from './tables/table-population.js';
