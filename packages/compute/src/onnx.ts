// The `onnx` engine without tf.js: what a worker or a client loads.
export { createOnnxEngine } from './engines/onnx/onnx-engine.js';
