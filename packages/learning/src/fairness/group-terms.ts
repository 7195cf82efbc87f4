// What an example adds to the counts of its groups: ones, where it is positive or not and taken for it or not at each
// threshold. Traced.
import { tf } from '@starling/compute';
import { int32 } from '@starling/federated-core';
import { optionError } from '@starling/federated-core/plan';
import { checkSizes } from '../losses/label-checks.js';
import { validLabels } from '../metrics/class-flags.js';
import type { Batch, Model } from '../model/model.js';
import type { Tensors } from '../tensors/tensors.js';
import { type Grouping, type Groups, type GroupValue, rowsOf } from './groups.js';
import { CELLS } from './rates.js';

/** By which counts stand among the metrics of a model. */
export const GROUPS = 'groups';

/**
 * `model` that also measures `groups`: int32 [rows, thresholds · cells] in the order of groupings, their groups,
 * thresholds and `CELLS`. An example whose label is not 0 or 1 makes the evaluation NaN.
 */
export function withGroupCounts(model: Model, groups: Groups): Model {
  if (model.metrics.includes(GROUPS)) {
    throw optionError(
      `Cannot measure groups: a metric of ${model.name} must have another name than '${GROUPS}', got it among its metrics`,
    );
  }
  if (model.outputs === undefined) {
    throw optionError(
      `Cannot measure groups: need a model that says what it gives, got ${model.name} without outputs. Write functionModel({ outputs: (weights, batch) => …, … })`,
    );
  }
  const outputs = model.outputs.bind(model);
  return {
    ...model,
    metrics: [...model.metrics, GROUPS],
    sumMetrics: {
      ...model.sumMetrics,
      [GROUPS]: { sums: int32(rowsOf(groups), groups.at.length * CELLS.length), result: (sums) => sums },
    },
    forward: (weights, batch, options) => {
      const pass = model.forward(weights, batch, options);
      const { terms, valid } = termsOf(groups, batch, outputs(weights, batch));
      const metrics: Tensors = { ...pass.metrics, [GROUPS]: terms };
      return { ...pass, metrics, valid: pass.valid === undefined ? valid : tf.logicalAnd(pass.valid, valid) };
    },
  };
}

function termsOf(
  groups: Groups,
  batch: Batch,
  outputs: tf.Tensor,
): { readonly terms: tf.Tensor; readonly valid: tf.Tensor } {
  const labels = groups.labels(batch);
  checkSizes('the rates of groups', labels, outputs);
  const [size] = outputs.shape as [number];
  const scores = tf.reshape(tf.cast(outputs, 'float32'), [size, 1]);
  const actual = tf.cast(tf.greater(tf.cast(tf.reshape(labels, [size, 1]), 'float32'), 0.5), 'int32');
  const predicted = tf.cast(tf.greater(scores, tf.tensor1d(limitsOf(groups))), 'int32');
  const one = tf.scalar(1, 'int32');
  const [negative, refused] = [tf.sub(one, actual), tf.sub(one, predicted)];
  const cells = {
    truePositives: tf.mul(actual, predicted),
    falsePositives: tf.mul(negative, predicted),
    trueNegatives: tf.mul(negative, refused),
    falseNegatives: tf.mul(actual, refused),
  };
  const flags = tf.stack(
    CELLS.map((cell) => cells[cell]),
    2,
  );
  const rows = groups.groupings.map((grouping) => membershipOf(grouping, groups.values, batch));
  const memberships = rows.length === 1 ? (rows[0] as tf.Tensor) : tf.concat(rows, 1);
  const flat = tf.reshape(flags, [size, 1, groups.at.length * CELLS.length]);
  const isKnown = tf.logicalNot(tf.isNaN(tf.reshape(scores, [size])));
  return {
    terms: tf.mul(tf.expandDims(memberships, 2), flat),
    valid: tf.logicalAnd(validLabels({}, labels), isKnown),
  };
}

/** What a score must be above, at each threshold. */
function limitsOf({ at, scores }: Groups): number[] {
  return at.map((threshold) => {
    if (threshold === 0) return Number.NEGATIVE_INFINITY;
    return scores === 'probabilities' ? threshold : Math.log(threshold / (1 - threshold));
  });
}

/** int32 [B, groups]: 1 in the group of each example. */
export function membershipOf(
  { columns, groups }: Grouping,
  values: Groups['values'],
  batch: Batch,
): tf.Tensor {
  const given = batch as { readonly [column: string]: tf.Tensor };
  let place: tf.Tensor | null = null;
  for (const column of columns) {
    const known = values[column] as readonly GroupValue[];
    const own = placeOf(given[column] as tf.Tensor, known);
    place = place === null ? own : tf.add(tf.mul(place, tf.scalar(known.length + 1, 'int32')), own);
  }
  const wanted = tf.range(0, groups.length, 1, 'int32');
  return tf.cast(tf.equal(tf.expandDims(place as tf.Tensor, 1), wanted), 'int32');
}

/** int32 [B]: the place of each value in the list, or its length for one that is not in it. */
function placeOf(column: tf.Tensor, values: readonly GroupValue[]): tf.Tensor {
  const isSame =
    column.rank === 2 ? sameTexts(column, values as readonly string[]) : sameNumbers(column, values);
  const fromEnd = tf.range(values.length, 0, -1, 'int32');
  const found = tf.max(tf.mul(tf.cast(isSame, 'int32'), fromEnd), 1);
  return tf.sub(tf.scalar(values.length, 'int32'), found);
}

/** bool [B, values]. */
function sameNumbers(column: tf.Tensor, values: readonly GroupValue[]): tf.Tensor {
  const numbers = values.map((value, place) => (typeof value === 'string' ? place : value));
  return tf.equal(tf.expandDims(tf.cast(column, 'float32'), 1), tf.tensor1d(numbers));
}

/** bool [B, values]: a text that does not fit the column is none of its values. */
function sameTexts(column: tf.Tensor, values: readonly string[]): tf.Tensor {
  const [size, width] = column.shape as [number, number];
  const encoder = new TextEncoder();
  const cells = values.map((value) => encoder.encode(value));
  // 256 is no byte.
  const rows = cells.flatMap((bytes) =>
    Array.from({ length: width }, (_, at) => (bytes.length > width ? 256 : (bytes[at] ?? 0))),
  );
  const table = tf.tensor(rows, [1, values.length, width], 'int32');
  return tf.all(tf.equal(tf.reshape(tf.cast(column, 'int32'), [size, 1, width]), table), 2);
}
