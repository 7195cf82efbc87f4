// The engine `tfjs-cpu`: tf.js on plain JavaScript.
import type { Engine } from '@starling/compute';

export async function createEngine(): Promise<Engine> {
  const { createTfjsEngine } = await import('@starling/compute');
  return createTfjsEngine({ backend: 'cpu' });
}
