// The contract of engines: what one implements, and what it is given. `/contract` is the suite that each passes.
export type { BatchRefusal, LoadedBatch } from './engine/batched-graph.js';
export type { Engine, LoadedGraph } from './engine/engine.js';
export { engineKind } from './engine/engine-kind.js';
export type { GraphArtifact } from './engine/graph-artifact.js';
