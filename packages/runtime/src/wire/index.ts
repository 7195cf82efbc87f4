// The wire protocol, without anything that needs Node: what a client and a coordinator share.
export * from './codes.js';
export * from './control.js';
export * from './frame.js';
export * from './limits.js';
export * from './message.js';
export * from './safetensors.js';
