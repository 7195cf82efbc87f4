// Running a linked plan's slots, on whatever side: what the workers of a runtime, a coordinator and a client share.
// Loads neither the manifest's schema nor hashes, so that a worker thread starts soon.
export { clientArgument } from './runner/client-argument.js';
export { ClientDataError, PopulationError, StateLostError } from './runner/client-errors.js';
export { type ClientOutcome, clientOutcome, droppedReport, rejectedReport } from './runner/client-outcome.js';
export type { ClientReport } from './runner/client-report.js';
export { createManyWork, type ManyWork } from './runner/many-work.js';
export { nextTurn } from './runner/next-turn.js';
export { type OwnLeaves, type PhaseWork, phaseWork, type Worked } from './runner/phase-work.js';
export { createPlanRunner, type Leaves, type PlanRunner } from './runner/plan-runner.js';
