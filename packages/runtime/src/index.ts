// Running plans round by round, as a user writes it and reads its results. Further entries: `/phases` for those who
// write a runtime, `/events` for those who show a run, `/record` for those who read what it leaves, `/engines` for
// those who choose one by name, `/contract` for tests.
export type { EngineModule } from './engines/engine-module.js';
export { createEngine, type EngineChoice } from './engines/engines.js';
export type { FaultsInput } from './faults/fault-schema.js';
export { type FaultProblem, FaultsError } from './faults/faults-error.js';
export { type WithFaultsOptions, withFaults } from './faults/with-faults.js';
export { defineFederation, type Federation, type FederationSetup } from './federation/federation.js';
export { type InProcessOptions, inProcessRuntime } from './in-process/in-process-runtime.js';
export { earlierState } from './kept/earlier-state.js';
export {
  formatDifference,
  type IdentityDifference,
  identityDifferences,
  type OnOtherRun,
  OtherRunError,
  type RunIdentity,
} from './kept/run-identity.js';
export type { RoundReport } from './record/lost-clients.js';
export type { BestState } from './rounds/best-keeper.js';
export type { BestRule, StopReason } from './rounds/best-rule.js';
export type { PreparedRun, RunSource } from './rounds/compile-run.js';
export type {
  CheckedConstraints,
  Constraints,
  Otherwise,
} from './rounds/constraints.js';
export {
  allClients,
  type ClientsEvaluation,
  type Evaluation,
  type ServerEvaluation,
} from './rounds/evaluation.js';
export { type LoadedState, loadState } from './rounds/load-state.js';
export { createPauseSwitch, type OperatedPause, type PauseSwitch } from './rounds/pause-switch.js';
export type {
  FailedRound,
  PresentOptions,
  RoundMetricsOf,
  RoundRecord,
  RoundStateOf,
  RunAbout,
  RunOptions,
  RunResult,
  StateValueOf,
} from './rounds/run-options.js';
export { runRounds } from './rounds/run-rounds.js';
export { CheckpointError, ServerCrashError, TooFewReportsError, WorkerError } from './runtime/errors.js';
export type { Runtime, RuntimeSession, StepFacts } from './runtime/runtime.js';
export { type ThreadsOptions, threadsRuntime } from './threads/threads-runtime.js';
