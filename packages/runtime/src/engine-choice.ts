// Which engine a runtime runs local computations on, as plain data: it is chosen on one thread and made on
// another. Engines are imported when they are made, so that a worker on onnx never loads tf.js.
import type { Engine } from '@starling/compute';

export type EngineChoice =
  | { readonly name: 'onnx' }
  | { readonly name: 'tfjs'; readonly backend?: 'cpu' | 'wasm' | 'tensorflow' };

export const DEFAULT_ENGINE: EngineChoice = { name: 'onnx' };

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
