// ONNX models as data: made by a builder, rewritten by passes, fitted to a CPU, and encoded. Nothing here runs one.
export * from './builder/graph-builder.js';
export * from './builder/rewrite-graph.js';
export * from './builder/shapes.js';
export * from './convolution/narrow-convolution.js';
export * from './convolution/plain-convolution.js';
export * from './convolution/tile-operators.js';
export * from './convolution/window.js';
export * from './convolution/winograd-convolution.js';
export * from './cpu/blocked-operators.js';
export * from './cpu/fit-to-machine.js';
export * from './cpu/probe-block-size.js';
export * from './model/decode-model.js';
export * from './model/encode-model.js';
export * from './model/onnx-model.js';
export * from './passes/optimize.js';
