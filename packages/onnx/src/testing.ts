// What tests of graphs and passes share, here and in rooms that lower to ONNX.
export * from './testing/loop.js';
export * from './testing/pass-check.js';
export * from './testing/scan.js';
export * from './testing/window-of.js';
