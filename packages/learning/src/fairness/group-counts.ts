// The counts of groups over clients: by sums alone. Each client draws the part of the clients that it stands in, so
// that the server can leave out one part after the other, and adds its counts there.
import { localComputation, random, tf } from '@starling/compute';
import { int32, type LocalComputation, type StructType, struct, type Tensor } from '@starling/federated-core';
import type { Model } from '../model/model.js';
import type { Tensors } from '../tensors/tensors.js';
import { totalsType } from '../work/totals.js';
import { GROUPS } from './group-terms.js';
import { type Groups, rowsOf } from './groups.js';
import { CELLS } from './rates.js';

/** What the sums over clients are, as host values. `rows`: the groups of all groupings, one after the other. */
export interface GroupCounts {
  /** int32 [buckets, rows, thresholds, cells]. */
  readonly counts: Tensor;
  /** int32 [buckets, rows]: clients that have an example of the group. */
  readonly clients: Tensor;
  /** int32 [buckets]: clients that have an example. */
  readonly present: Tensor;
}

export function groupCountsType(groups: Groups): StructType {
  const { at, buckets } = groups;
  const rows = rowsOf(groups);
  return struct({
    counts: int32(buckets, rows, at.length, CELLS.length),
    clients: int32(buckets, rows),
    present: int32(buckets),
  });
}

/** (totals of a client, of a model that `withGroupCounts` makes) → its counts, in a bucket that its seed draws. */
export function groupCountsWork(model: Model, groups: Groups): LocalComputation {
  const { at, buckets } = groups;
  const rows = rowsOf(groups);
  return localComputation(
    { totals: totalsType(model) },
    (argument) => {
      const { totals } = argument as { readonly totals: Tensors };
      const counts = tf.reshape(totals[GROUPS] as tf.Tensor, [1, rows, at.length, CELLS.length]);
      // At any one threshold each example of a group is in one of its cells.
      const examples = tf.sum(tf.slice(counts, [0, 0, 0, 0], [1, rows, 1, CELLS.length]), [2, 3]);
      const hasExamples = tf.cast(tf.greater(totals['examples'] as tf.Tensor, 0), 'int32');
      const bucket = drawBucket(buckets);
      return {
        counts: tf.mul(tf.reshape(bucket, [buckets, 1, 1, 1]), counts),
        clients: tf.mul(tf.reshape(bucket, [buckets, 1]), tf.cast(tf.greater(examples, 0), 'int32')),
        present: tf.mul(bucket, hasExamples),
      };
    },
    { name: 'counts of groups', result: groupCountsType(groups) },
  );
}

/** int32 [buckets]: 1 in one of them. */
function drawBucket(buckets: number): tf.Tensor {
  if (buckets === 1) return tf.ones([1], 'int32');
  const place = tf.minimum(tf.floor(random.uniform([], 0, buckets)), buckets - 1);
  return tf.cast(tf.equal(tf.range(0, buckets), place), 'int32');
}
