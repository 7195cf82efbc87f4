// What a run tells while it runs, and what follows it: for all that shows or keeps a run.
export * from './events/all-observers.js';
export type { RunObserver, RunStart, RunSummary, StartOfEvaluation } from './events/run-events.js';
export * from './events/summaries.js';
export { adviceOn } from './record/advice.js';
export { failedRoundLineOf, roundLineOf } from './record/lines.js';
export { formatLost, joinLost, lostNames } from './record/lost-clients.js';
export type {
  ConstraintOutcome,
  FailedRoundLine,
  LostClients,
  RecordLine,
  RoundLine,
} from './record/record-line.js';
