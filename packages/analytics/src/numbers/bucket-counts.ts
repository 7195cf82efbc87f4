// How many rows have a number in each of many buckets: what histograms and sketches of quantiles have in common. A
// vector of sums, as long as there are buckets.
import { tf } from '@starling/compute';
import type { ClientsValue, SymbolicValue } from '@starling/federated-core';
import type { NumberColumn } from '@starling/population';
import { foldValues, sumOfColumn } from '../values/fold-values.js';
import { numberClasses } from '../values/number-classes.js';
import type { Edge } from '../values/ordered-bytes.js';
import { edgesBelow } from '../values/ordered-edges.js';

/**
 * `buckets`, int32 [edges + 1]: rows below the first edge, from each edge to below the next, and from the last on; and
 * `nan`, rows that are in none.
 */
export function bucketCounts(
  column: NumberColumn,
  edges: readonly Edge[],
  data: ClientsValue,
): SymbolicValue {
  const size = edges.length + 1;
  return sumOfColumn('bucket', column, data, (own) => {
    const zeros = { buckets: tf.zeros([size], 'int32'), nan: tf.scalar(0, 'int32') };
    return foldValues(own, zeros, (state: typeof zeros, { value, rows }) => {
      const { nan } = numberClasses(column, value);
      const counted = tf.mul(rows, tf.sub(tf.scalar(1, 'int32'), nan));
      const bucket = tf.reshape(edgesBelow(column, value, edges), [-1, 1]);
      return {
        buckets: tf.add(state.buckets, tf.scatterND(bucket, counted, [size])),
        nan: tf.add(state.nan, tf.sum(tf.mul(rows, nan))),
      };
    });
  });
}
