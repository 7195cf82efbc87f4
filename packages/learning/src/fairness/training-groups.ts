// Groups of examples for those that train by them: the values of one column. Examples of other values are in none.
import { tf } from '@starling/compute';
import { checkOptions, kinds, optionError, required } from '@starling/federated-core/plan';
import type { Batch, Model } from '../model/model.js';
import { membershipOf } from './group-terms.js';
import { checkColumns, type GroupValue, groupsOf } from './groups.js';

/** One column of the examples and its values, as `evaluationByGroup` has them: `{ sex: ['female', 'male'] }`. */
export type TrainingGroups = { readonly [column: string]: readonly GroupValue[] };

export interface GroupsOfBatch {
  /** How many there are. */
  readonly size: number;
  /** float32 [B, groups]: 1 in the group of each example; zeros for one that is in none. Traced. */
  of(batch: Batch): tf.Tensor;
}

/** Throws a `RangeError` unless `by` is one column that the model's examples have. */
export function trainingGroups(action: string, model: Model, by: TrainingGroups): GroupsOfBatch {
  checkOptions<{ readonly by: TrainingGroups }>(action, { by }, { by: required(kinds.record) });
  const columns = Object.keys(by);
  if (columns.length !== 1) {
    throw optionError(`${action}: by must have one column, got ${columns.join(', ') || 'none'}`);
  }
  const groups = groupsOf({ by });
  checkColumns(groups, { by, labels: () => tf.scalar(0) }, model.example);
  const size = (by[columns[0] as string] as readonly GroupValue[]).length;
  return {
    size,
    of: (batch) => {
      const all = tf.cast(membershipOf(groups.groupings[0]!, groups.values, batch), 'float32');
      return tf.slice(all, [0, 0], [all.shape[0] as number, size]);
    },
  };
}
