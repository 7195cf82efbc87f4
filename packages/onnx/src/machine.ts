// Fitting a model to the CPU at hand: what an engine loads of this package, without the passes that come before.
export * from './cpu/fit-to-machine.js';
export * from './cpu/probe-block-size.js';
