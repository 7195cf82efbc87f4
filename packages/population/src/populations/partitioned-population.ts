// A population made by cutting one dataset: each client holds the rows that a partitioner deals it.
import {
  type Dataset,
  deriveSeed,
  type Seed,
  type StructType,
  sequence,
  struct,
  type Tensor,
  type Type,
  ValueError,
} from '@starling/federated-core';
import {
  atLocation,
  checkOptions,
  checkValue,
  dataKinds,
  kinds,
  optionError,
  required,
  sourceLocation,
} from '@starling/federated-core/plan';
import { checkParts } from '../partitioners/check-parts.js';
import type { Label, Partitioner } from '../partitioners/partitioner.js';
import { partitionerKind } from '../partitioners/partitioner-kind.js';
import { checkIndex } from './check-index.js';
import { datasetKind, takeRows } from './dataset-rows.js';
import { fingerprintOf, hashOfLists } from './fingerprint.js';
import type { Population } from './population.js';
import { withoutHabits } from './without-habits.js';

const ACTION = 'Cannot make a population of parts';

function checkDataset(type: Type, dataset: Dataset): void {
  try {
    checkValue(type, dataset, 'dataset');
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    throw new ValueError(
      error.path,
      `${ACTION}: ${error.message.replace(/^Cannot take a value of /, 'its dataset must be ')}${atLocation(sourceLocation())}`,
      { cause: error },
    );
  }
}

export interface PartitionedPopulationOptions {
  readonly name: string;
  readonly dataset: Dataset;
  /** A struct of tensors with a scalar field `y`, the label, or another field that `label` names. */
  readonly element: StructType;
  readonly partitioner: Partitioner;
  readonly seed: Seed;
  /** The field that the partitioner cuts by: numbers, or text as ids may be. Default `y`. */
  readonly label?: string;
}

/**
 * Clients hold `{ data }`, a sequence of `element`: their rows of the dataset, taken when they are loaded, so
 * that no second copy of the dataset lies in memory. They are called `<name>-<index>`, or `<name>-<id>` where the
 * partitioner names them. Throws a `ValueError` if the dataset is not of `element`, such
 * as for columns of unequal length, and a `RangeError` if it has no such label.
 */
export function partitionedPopulation(options: PartitionedPopulationOptions): Population {
  checkOptions(ACTION, options, {
    name: required(kinds.text),
    dataset: required(datasetKind),
    element: required(dataKinds.type),
    partitioner: required(partitionerKind),
    seed: required(dataKinds.seed),
    label: kinds.text,
  });
  const { name, dataset, element, partitioner, label = 'y' } = options;
  checkDataset(sequence(element), dataset);
  const column = (dataset.columns as { readonly [name: string]: Tensor })[label];
  if (column === undefined || column.shape.length !== 1) {
    const got = column === undefined ? 'none' : `${column.dtype} of rank ${column.shape.length - 1}`;
    throw optionError(
      `Cannot partition ${name}: needs a scalar field '${label}', got ${got}. The option label names another`,
    );
  }
  const seed = deriveSeed(options.seed, 'partition', name);
  const labels = column.data as ArrayLike<Label>;
  const parts = partitioner.partition(labels, seed);
  checkParts(`Cannot partition ${name}`, parts, dataset.length);
  const names = partitioner.clientNames?.(labels);
  const rowsOf = (index: number): Int32Array => {
    checkIndex(name, parts.length, index);
    return parts[index] as Int32Array;
  };
  const population = {
    name: `${name}/${partitioner.name}`,
    size: parts.length,
    dataType: struct({ data: sequence(element) }),
    clientId: (index: number) => {
      rowsOf(index);
      return `${name}-${names?.[index] ?? index}`;
    },
    exampleCount: (index: number) => rowsOf(index).length,
    load: (index: number) => ({ data: takeRows(dataset, { element, indices: rowsOf(index) }) }),
  };
  const declared = () => ({
    seed: options.seed.join(' '),
    rows: dataset.length,
    partition: hashOfLists(parts),
  });
  return withoutHabits({ ...population, fingerprint: () => fingerprintOf(population, declared()) });
}
