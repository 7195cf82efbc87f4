// The engine `tfjs-wasm`: tf.js on WebAssembly.
import type { Engine } from '@starling/compute';

export async function createEngine(): Promise<Engine> {
  const { createTfjsEngine } = await import('@starling/compute');
  return createTfjsEngine({ backend: 'wasm' });
}
