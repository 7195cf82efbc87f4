// `random`: numbers drawn from the seed of each call, anew at each step of a reduction. They are made outside the
// graph and enter as an input, so that every engine and every runtime sees the same.

import { checkNumber, describeValue, optionError } from '@starling/federated-core/plan';
import { floatsWithin } from '../graph/feeds/draw.js';
import type { RandomNode } from '../graph/kernel-graph.js';
import * as tf from '../tensorflow/tf.js';
import { eagerCall } from './eager/eager-call.js';
import { captureBackend } from './recording/capture-backend.js';
import { recordDraw } from './recording/randomness.js';
import { tensorOf } from './recording/structure.js';

function draw(shape: readonly number[], distribution: RandomNode['distribution']): tf.Tensor {
  if (!(Array.isArray(shape) && shape.every((size) => Number.isSafeInteger(size) && size >= 0))) {
    throw optionError(`Cannot draw numbers: need a shape, such as [2, 3], got ${describeValue(shape)}`);
  }
  const call = eagerCall();
  if (call !== null) return tf.tensor(call.draw(shape, distribution), [...shape], 'float32');
  return tensorOf(recordDraw(captureBackend.recording, shape, distribution));
}

function bernoulli(shape: readonly number[], probability: number): tf.Tensor {
  checkNumber('Cannot draw from a Bernoulli distribution', 'probability', probability, { from: 0, to: 1 });
  return draw(shape, { kind: 'bernoulli', probability });
}

/** Draws inside the body of a local computation; all results are float32. */
export const random = {
  /** Uniform in [low, high); by default in [0, 1). Throws a `RangeError` if no float32 lies there. */
  uniform: (shape: readonly number[], low = 0, high = 1): tf.Tensor => {
    checkNumber('Cannot draw uniform numbers', 'low', low);
    checkNumber('Cannot draw uniform numbers', 'high', high);
    if (!(low < high && Number.isFinite(high - low))) {
      throw optionError(
        `Cannot draw uniform numbers: low must be below high, got ${describeValue(low)} and ${describeValue(high)}`,
      );
    }
    floatsWithin(low, high);
    return draw(shape, { kind: 'uniform', low, high });
  },
  /** Normal with the given mean and standard deviation; by default 0 and 1. */
  normal: (shape: readonly number[], mean = 0, stddev = 1): tf.Tensor => {
    checkNumber('Cannot draw normal numbers', 'mean', mean);
    checkNumber('Cannot draw normal numbers', 'stddev', stddev, { from: 0 });
    return draw(shape, { kind: 'normal', mean, stddev });
  },
  /** 1 with `probability`, else 0. */
  bernoulli,
  /** Sets each element to 0 with probability `rate` (in [0, 1)) and divides the others by 1 − rate. */
  dropout: (x: tf.Tensor, rate: number): tf.Tensor => {
    if (!(x instanceof tf.Tensor)) {
      throw optionError(`Cannot drop out: need a tf.Tensor, got ${describeValue(x)}`);
    }
    checkNumber('Cannot drop out', 'rate', rate, { from: 0, below: 1 });
    if (rate === 0) return x;
    return tf.mul(x, tf.div(bernoulli(x.shape, 1 - rate), 1 - rate));
  },
} as const;
