// Randomness while capturing. tf.js draws random numbers in JavaScript, without a kernel, so that a capture would
// freeze one draw as a constant. `tf.dropout` is recorded as a draw from the seed of the call; every other
// source of randomness is an error that names `random.*`, and so is the clock in the user's own code.

import { withoutFrozenSources } from '@starling/federated-core/plan';
import type { RandomNode } from '../../graph/kernel-graph.js';
import { engine } from '../../tensorflow/tf.js';
import { CaptureError } from './capture-error.js';
import type { CapturedValue, Recording } from './recording.js';
import { readsAreTolerated } from './value-reads.js';

/** Names of tf.js operations that draw, as they stand on its stack of scopes. */
const DRAWING = new Set(
  [
    'multinomial',
    'rand',
    'randomGamma',
    'randomNormal',
    'randomStandardNormal',
    'randomUniform',
    'randomUniformInt',
    'truncatedNormal',
  ].map((name) => `${name}__op`),
);

/** Records numbers drawn anew at each call (and at each step, within a reduction or a recurrence). */
export function recordDraw(
  recording: Recording,
  shape: readonly number[],
  distribution: RandomNode['distribution'],
): CapturedValue {
  const { stepDraws } = recording;
  if (stepDraws !== null) {
    const { outer, steps, all } = stepDraws;
    all[recording.drawnCount] ??= recordDraw(outer, [steps, ...shape], distribution);
    return recording.drawnInput({ dtype: 'float32', shape: [...shape] });
  }
  const output = recording.value({ dtype: 'float32', shape: [...shape] });
  recording.node({ op: 'random', distribution, output: output.id });
  return output;
}

/**
 * Called where tf.js makes a tensor from numbers: the draw that `tf.dropout` is making, `null` when nothing is being
 * drawn; throws when another operation draws.
 */
export function drawnDropout<T>(draw: (distribution: RandomNode['distribution']) => T): T | null {
  const scope = drawingScope();
  if (scope === null) return null;
  if (scope === 'dropout') return draw({ kind: 'uniform', low: 0, high: 1 });
  throw drawError(`tf.${scope}`);
}

/** Runs `body`, in which Math.random refuses to be called, and the clock and crypto by the user's code. */
export function withoutFrozenNumbers<T>(body: () => T): T {
  return withoutFrozenSources(refusal, body);
}

function refusal(source: string): CaptureError | null {
  if (source !== 'Math.random') {
    if (readsAreTolerated()) return null;
    return source.startsWith('crypto') ? drawError(source) : clockError(source);
  }
  const scope = drawingScope();
  // tf.js seeds its generator here; what it then draws never enters the graph.
  if (scope === 'dropout') return null;
  return drawError(scope === null ? source : `tf.${scope}`);
}

/** The operation that is drawing: `dropout` where it draws for tf.dropout, `null` if none is. */
function drawingScope(): string | null {
  const scopes = engine().state.scopeStack;
  const active = scopes.at(-1)?.name;
  if (active === undefined || !DRAWING.has(active)) return null;
  return scopes.at(-2)?.name === 'dropout__op' ? 'dropout' : active.replace(/__op$/, '');
}

/** The error of a source of randomness that a capture would freeze. */
export function drawError(source: string): CaptureError {
  return new CaptureError(
    'randomness',
    `Cannot capture ${source}: its numbers would be frozen into the graph. Draw with random.uniform, random.normal, random.bernoulli or random.dropout, which take their numbers from the seed of each call; make initial weights before capturing and pass them as a parameter`,
  );
}

function clockError(source: string): CaptureError {
  return new CaptureError(
    'randomness',
    `Cannot capture ${source}: the time would be frozen into the graph, the same in every round and on every client. Take it outside of the body, or pass it as a parameter`,
  );
}
