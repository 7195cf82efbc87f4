// The wire protocol: what a client and a coordinator share, without anything that needs Node.

export * from './body-limit.js';
export * from './codes.js';
export * from './control.js';
export * from './frame.js';
export * from './limits.js';
export * from './message.js';
