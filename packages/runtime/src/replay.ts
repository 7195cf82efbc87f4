// Replaying one client's work of a round, for those who debug it.
export {
  compareLeaves,
  ENGINE_TOLERANCE,
  type LeafComparison,
} from './replay/compare-leaves.js';
export {
  type ClientReplay,
  type PhaseReplay,
  type ReplayedWork,
  replayClient,
} from './replay/replay-client.js';
export type {
  NamedLeaves,
  ReplayedClient,
  ReplayOptions,
  ReplayStart,
} from './replay/replay-options.js';
export { type NamedNumber, type StepRow, stepRow } from './replay/step-row.js';
export { type LeafSummary, summarizeLeaf } from './replay/summarize-leaf.js';
export type { UpdateLeaf } from './replay/update-leaves.js';
