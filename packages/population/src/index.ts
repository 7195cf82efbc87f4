// Who takes part, with what data.
export * from './population.js';
export * from './sampler.js';
