// Memory given back at once: what a thread frees between two calls.
export { type CallMemory, callMemory } from './engines/onnx/call-memory.js';
export { freeBuffers, isLarge } from './engines/onnx/free-buffers.js';
