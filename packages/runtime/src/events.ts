// What a run tells while it runs, and what follows it: for all that shows or keeps a run.
export * from './events/all-observers.js';
export type { RoundSummary, RunObserver, RunStart, RunSummary } from './events/run-events.js';
export * from './events/summaries.js';
