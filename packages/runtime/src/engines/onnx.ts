// The engine `onnx`: onnxruntime-node. A worker on it never loads tf.js.
import type { Engine } from '@starling/compute';

export const worksOnMain = true;

export async function createEngine(): Promise<Engine> {
  const { createOnnxEngine } = await import('@starling/compute/onnx');
  return createOnnxEngine();
}
