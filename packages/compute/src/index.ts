// Local computations: captured from tf.js code, lowered to ONNX, run by an engine.
export * from './engines/engine.js';
export * from './engines/graph-artifact.js';
export * from './graph/feeds.js';
export * from './graph/kernel-graph.js';
