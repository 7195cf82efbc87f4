// Replaying one client's work of a round, for those who debug it; and a whole run, from what a store has of it.
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
export { type ReplayedRound, type ReplayRunOptions, replayRun } from './replay/replay-run.js';
export { type NamedNumber, type StepRow, stepRow } from './replay/step-row.js';
export { type LeafSummary, summarizeLeaf } from './replay/summarize-leaf.js';
export type { UpdateLeaf } from './replay/update-leaves.js';
