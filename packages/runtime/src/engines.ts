// Engines by name: what a command line offers, and how a run's engine is made. Loads no engine until one is made.
export type { EngineModule } from './engines/engine-module.js';
export * from './engines/engines.js';
