// Functions of the user's that a model calls while it is traced: losses, metrics, features and labels. Each must give a
// tensor at once; what it gives instead, or throws by a slip, meets a sentence that names it.

import { tf } from '@starling/compute';
import { formatType, tensorType } from '@starling/federated-core';
import { type Check, checkKind, type Kind, kinds, ofKind, runBody } from '@starling/federated-core/plan';
import { isSumMetric } from '../metrics/sum-metric.js';
import type { Batch } from './model.js';

const TENSOR: Kind = {
  need: 'a tf.Tensor',
  fits: (value) => value instanceof tf.Tensor,
  advice: (value) => {
    if (value instanceof Promise) return 'It is traced once, and cannot be async';
    return value === undefined ? 'A function in braces needs return' : null;
  },
};

/** What `compute` gives, `what` in words, of what is `given` to it, for errors. */
export function askTensor(action: string, what: string, given: string, compute: () => tf.Tensor): tf.Tensor {
  const result = runBody(action, `${what} must compute with tf.js on ${given}`, compute);
  checkKind(action, `what ${what} gives of ${given}`, result, TENSOR);
  return result;
}

/** A batch in words: `<x=float32[7,4],y=int32[7]>`. */
export function formatBatch(batch: Batch): string {
  if (batch instanceof tf.Tensor) return formatType(tensorType(batch.dtype as never, batch.shape));
  const parts = Object.entries<Batch>(batch).map(([name, part]) =>
    Array.isArray(batch) ? formatBatch(part) : `${name}=${formatBatch(part)}`,
  );
  return `<${parts.join(',')}>`;
}

/** The check of metrics: functions, or metrics of sums, by name. */
export const metricsKind: Check = (action, option, value) => {
  ofKind({
    need: 'functions by name, such as { accuracy }',
    fits: (given) => {
      if (typeof given !== 'object' || given === null || Array.isArray(given)) return false;
      return Object.getPrototypeOf(given) === Object.prototype || Object.getPrototypeOf(given) === null;
    },
    advice: (given) => {
      if (typeof given === 'function') return `Write { ${given.name || 'name'} }`;
      const [first] = Array.isArray(given) ? given : [];
      const name = typeof first === 'function' ? first.name : first;
      return typeof name === 'string' && name !== '' ? `Write { ${name} }` : null;
    },
  })(action, option, value);
  for (const [name, metric] of Object.entries(value as object)) {
    if (!isSumMetric(metric)) kinds.callable(action, `metric '${name}'`, metric);
  }
};
