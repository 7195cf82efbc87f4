// The wire protocol: what a client and a coordinator share, without anything that needs Node.

export * from './conversation/conversation-states.js';
export * from './frames/codes.js';
export * from './frames/frame.js';
export * from './frames/limits.js';
export * from './messages/body-limit.js';
export * from './messages/control.js';
export * from './messages/message.js';
