// What a user of tf.js does with a model or a backend, and a body cannot: a model that is fitted there waits for
// numbers which never come, and changes variables that no client will see; who runs the graph chooses a backend.
import { LayersModel, Sequential } from '#tfjs-layers';
import { engine } from '../../tensorflow/tf.js';
import { captureBackend } from './capture-backend.js';
import { CaptureError } from './capture-error.js';

const TRAINING =
  'train by federatedAveraging, or write the step with tf.grads and an optimizer of @starling/learning';
const SCORING = 'call its layers, model.apply(x), and compute the loss with tf operations';

const ENGINE = 'leave it out: who runs the graph chooses an engine';

/** Methods of models of layers, and what stands for them in a body. */
const INSTEAD = {
  fit: TRAINING,
  fitDataset: TRAINING,
  trainOnBatch: TRAINING,
  evaluate: SCORING,
  evaluateDataset: SCORING,
} as const;

type Methods = Record<string, (...given: never[]) => unknown>;

let refused = false;

/** Lets them be refused in words while a body is captured; does so once. */
export function refuseEagerHabits(): void {
  if (refused) return;
  refused = true;
  for (const { prototype } of [LayersModel, Sequential]) {
    for (const [method, instead] of Object.entries(INSTEAD)) {
      refuseInBodies(prototype as unknown as Methods, method, `${method} of a tf.js model`, instead);
    }
  }
  const own = engine() as unknown as Methods;
  refuseInBodies(own, 'setBackend', 'tf.setBackend', ENGINE);
  refuseInBodies(own, 'ready', 'tf.ready', ENGINE);
}

function refuseInBodies(target: Methods, method: string, written: string, instead: string): void {
  const usual = target[method] as (...given: never[]) => unknown;
  target[method] = function (this: unknown, ...given: never[]) {
    if (captureBackend.capturing) {
      throw new CaptureError(
        'hidden-state',
        `Cannot capture ${written}: the body runs once, on shapes alone, and its graph has tf operations, got a call of ${method}. Instead, ${instead}`,
      );
    }
    return usual.apply(this, given);
  };
}
