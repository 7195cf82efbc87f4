// Which engine a runtime runs local computations on, as plain data: it is chosen on one thread and made on
// another. Engines are imported when they are made, so that a worker on onnx never loads tf.js.
import type { Engine } from '@starling/compute';

export type EngineChoice =
  | { readonly name: 'onnx' }
  | { readonly name: 'tfjs'; readonly backend?: 'cpu' | 'wasm' | 'tensorflow' };

export const DEFAULT_ENGINE: EngineChoice = { name: 'onnx' };

/**
 * Whether one thread must have made its engine before others begin: tfjs-node's addon keeps a set for the whole process that
 * only its first user may add to (compute's tensorflow-attributes.ts).
 */
export function startsAlone(choice: EngineChoice): boolean {
  return choice.name === 'tfjs' && choice.backend === 'tensorflow';
}

/** Makes the engine on this thread; throws where what it needs is not installed. */
export async function createEngine(choice: EngineChoice = DEFAULT_ENGINE): Promise<Engine> {
  switch (choice.name) {
    case 'onnx': {
      const { createOnnxEngine } = await import('@starling/compute/onnx');
      return createOnnxEngine();
    }
    case 'tfjs': {
      const { createTfjsEngine } = await import('@starling/compute');
      return createTfjsEngine(choice.backend === undefined ? {} : { backend: choice.backend });
    }
  }
}
