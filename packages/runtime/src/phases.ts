// What a runtime is made of: the phases that it is asked for, and how a cohort's updates are folded to the same bits
// everywhere. `runRound` asks a runtime for all phases of one round.

export { type AlterUpdate, createAlterUpdate } from './fold/alter-update.js';
export {
  type Accumulate,
  createAccumulate,
  createLaneFold,
  type LaneFold,
  type LaneFoldOptions,
} from './fold/lane-fold.js';
export {
  createOrderedMerge,
  type LaneAccumulators,
  type OrderedMerge,
  zeroAccumulators,
} from './fold/ordered-merge.js';
export {
  type LaneClient,
  type LanePhase,
  type LaneRequest,
  type LaneSums,
  sumLane,
} from './fold/sum-lane.js';
export { type RoundOutcome, type RoundRequest, runRound } from './rounds/run-round.js';
export { serverRows } from './rows/server-rows.js';
export type { Alteration, ClientFault } from './runtime/client-fault.js';
export type { FaultCounts, FaultKind, PhaseFaults } from './runtime/phase-faults.js';
export type {
  PhaseOutcome,
  PhaseRequest,
  Runtime,
  RuntimeSession,
  SettledAttempt,
  StepFacts,
  WorkOutcome,
  WorkRequest,
} from './runtime/runtime.js';
export { createSumMemory, type SumMemory } from './threads/memory/sum-memory.js';
