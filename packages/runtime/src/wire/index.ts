// The wire protocol, without anything that needs Node: what a client and a coordinator share. The plan's own
// codec and runner come with it, for a client meets them over the wire.
export * from '../fold/client-work.js';
export * from '../plan/breathe.js';
export * from '../plan/client-argument.js';
export * from '../plan/decode-plan.js';
export * from '../plan/plan-runner.js';
export * from '../plan/sha256.js';
export * from './body-limit.js';
export * from './codes.js';
export * from './control.js';
export * from './frame.js';
export * from './limits.js';
export * from './message.js';
export * from './safetensors.js';
