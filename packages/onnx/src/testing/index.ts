// What tests of graphs and passes share, here and in rooms that lower to ONNX.
export * from './loop.js';
export * from './pass-check.js';
export * from './scan.js';
export * from './window-of.js';
