// The engine `tfjs-node`: tf.js on the TensorFlow library through `@tensorflow/tfjs-node`, where that is installed.
import type { Engine } from '@starling/compute';

/**
 * The addon keeps a set for the whole process that only its first user may add to (compute's
 * tensorflow-attributes.ts).
 */
export const startsAlone = true;

export async function createEngine(): Promise<Engine> {
  const { createTfjsEngine } = await import('@starling/compute');
  return createTfjsEngine({ backend: 'tensorflow' });
}
