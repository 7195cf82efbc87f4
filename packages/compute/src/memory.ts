// Memory given back at once: what a thread frees between two calls.
export { freeBuffers, isLarge } from './engines/onnx/free-buffers.js';
