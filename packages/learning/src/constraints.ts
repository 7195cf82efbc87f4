// Constraints, and the figures that they read, without a model: what gates and shows a model loads no tensor library.

export * from './constraints/exported.js';
