// State that hides in JavaScript objects. A step's body is captured once: what it leaves in a tf.Variable, or in the
// state of a tf.train optimizer, would not reach the next step, and every step would silently begin with the same
// value. Such bodies are refused; state belongs in the state that the body takes and returns.
import * as tf from '../../tensorflow/tf.js';
import { captureBackend } from './capture-backend.js';
import { CaptureError } from './capture-error.js';
import type { Recording } from './recording.js';

/** Captures a step; throws if it reads a variable from outside and then assigns what it computed to it. */
export function withoutHiddenState<T>(recording: Recording, body: () => T): T {
  const before = Object.values(tf.engine().registeredVariables).map(
    (variable) => [variable, variable.dataId] as const,
  );
  const result = body();
  for (const [variable, dataId] of before) {
    if (variable.dataId === dataId || !captureBackend.hasRead(recording, dataId)) continue;
    if (!captureBackend.isComputedIn(recording, variable.dataId)) continue;
    throw new CaptureError(
      'hidden-state',
      `Cannot capture a step that updates the variable '${variable.name}': the next step would not see it. Take its value from the state (variable.assign(state.value)) before reading it, and return the new value as part of the state`,
    );
  }
  return result;
}

const STATEFUL_OPTIMIZERS = [
  tf.AdadeltaOptimizer,
  tf.AdagradOptimizer,
  tf.AdamOptimizer,
  tf.AdamaxOptimizer,
  tf.MomentumOptimizer,
  tf.RMSPropOptimizer,
];

let refused = false;

/** Lets optimizers of tf.train that keep a state refuse to be captured; does so once. */
export function refuseStatefulOptimizers(): void {
  if (refused) return;
  refused = true;
  for (const { name, prototype } of STATEFUL_OPTIMIZERS) {
    const optimizer: tf.Optimizer = prototype;
    const original = optimizer.applyGradients;
    optimizer.applyGradients = function (gradients) {
      if (captureBackend.capturing) {
        throw new CaptureError(
          'hidden-state',
          `Cannot capture ${name}: it keeps its accumulators in variables, which no later call would see. Write the update with tf operations on a state that the body takes and returns, or use an optimizer of @starling/learning`,
        );
      }
      original.call(this, gradients);
    };
  }
}
