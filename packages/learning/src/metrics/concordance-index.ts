// The C-index of survival: of the pairs of examples of which it is known who had the event first, the share in which
// that one has the higher risk, ties counting half (Harrell, Califf, Pryor, Lee, Rosati, "Evaluating the Yield of
// Medical Tests", JAMA 1982). Pairs go across clients, so that times and risks are counted in bins: of two times in one
// bin none is the first, and risks in one bin are tied.
import { tf } from '@starling/compute';
import { int32 } from '@starling/federated-core';
import { checkOptions, optionError, required } from '@starling/federated-core/plan';
import { type Bins, checkBins, inBins } from './score-bins.js';
import type { SumMetric } from './sum-metric.js';

export interface ConcordanceIndexOptions {
  /** Of the times. A client sends 2 · times · risks counts. */
  readonly times: Bins;
  /** Of the risks, the outputs. The index is exactly that of binned times and risks. */
  readonly risks: Bins;
}

/**
 * Labels: [B, 2], a time, and 1 if the event happened then or 0 if the example was not seen any longer. Outputs: [B] or
 * [B, 1], the higher, the sooner. NaN without a pair to compare.
 */
export function concordanceIndex(options: ConcordanceIndexOptions): SumMetric {
  const action = 'Cannot make a concordance index';
  checkOptions(action, options, {
    times: required((_, option, value) => checkBins(`${action}: ${option}`, value as Bins)),
    risks: required((_, option, value) => checkBins(`${action}: ${option}`, value as Bins)),
  });
  const { times, risks } = options;
  return {
    name: 'concordance index',
    sums: int32(2, times.bins, risks.bins),
    terms: (labels, outputs) => {
      const { time, event, risk } = columns(labels, outputs);
      const cell = tf.mul(tf.expandDims(inBins(time, times), 2), tf.expandDims(inBins(risk, risks), 1));
      const happened = tf.reshape(tf.cast(tf.greater(event, 0.5), 'int32'), [time.size, 1, 1]);
      return tf.stack([tf.mul(cell, tf.sub(tf.scalar(1, 'int32'), happened)), tf.mul(cell, happened)], 1);
    },
    valid: (labels, outputs) => {
      const { time, event, risk } = columns(labels, outputs);
      const isEvent = tf.logicalOr(tf.equal(event, 0), tf.equal(event, 1));
      return tf.logicalAnd(isEvent, tf.logicalAnd(tf.isFinite(time), tf.isFinite(risk)));
    },
    result: (sums) => {
      const [censored, events] = tf.unstack(tf.cast(sums, 'float32')) as [tf.Tensor, tf.Tensor];
      // Those in a later bin of time, by risk.
      const later = tf.cumsum(tf.add(censored, events), 0, true, true);
      const below = tf.sub(tf.cumsum(later, 1), tf.div(later, 2));
      const comparable = tf.mul(tf.sum(events, 1), tf.sum(later, 1));
      return tf.div(tf.sum(tf.mul(events, below)), tf.sum(comparable));
    },
  };
}

function columns(
  labels: tf.Tensor,
  outputs: tf.Tensor,
): Readonly<Record<'time' | 'event' | 'risk', tf.Tensor>> {
  const [size] = outputs.shape as [number];
  if (labels.rank !== 2 || labels.shape[1] !== 2 || outputs.size !== size) {
    throw optionError(
      `Cannot compute a concordance index: need labels [batch, 2], of time and event, and outputs [batch], got labels [${labels.shape.join(', ')}] and outputs [${outputs.shape.join(', ')}]`,
    );
  }
  const rows = tf.cast(labels, 'float32');
  const column = (at: number): tf.Tensor => tf.reshape(tf.slice(rows, [0, at], [size, 1]), [size]);
  return { time: column(0), event: column(1), risk: tf.reshape(outputs, [size]) };
}
