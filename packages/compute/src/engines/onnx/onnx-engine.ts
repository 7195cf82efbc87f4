// The `onnx` engine on Node: ONNX sessions of onnxruntime-node.
import type { Engine } from '../../engine/engine.js';
import { createSessionEngine } from './onnx-sessions.js';

/** An engine on onnxruntime-node; throws if the package or its binary is missing. */
export async function createOnnxEngine(): Promise<Engine> {
  const ort = await import('onnxruntime-node');
  return createSessionEngine(ort, `onnxruntime-node ${ort.env.versions.node ?? ''} (cpu, 1 thread)`);
}
