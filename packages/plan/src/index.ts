// Plans as they cross a thread, a socket or a disk: encoded, decoded, checked, and run program by program. Loads in a
// browser. Further entries: `/link` makes a linked plan, and loads compute for it; `/safetensors` has tensors as bytes,
// and hashes.
export type { LinkedPlan } from './linked/linked-plan.js';
export { type GraphRole, graphsOf } from './linked/map-plan.js';
export { PlanError } from './linked/plan-error.js';
export { type DecodeOptions, decodeManifest, decodePlan, workBlobs } from './manifest/decode-plan.js';
export { encodePlan } from './manifest/encode-plan.js';
export { type BlobReference, type Manifest, PLAN_FORMAT_VERSION } from './manifest/manifest.js';
export { breathe } from './runner/breathe.js';
export { clientArgument } from './runner/client-argument.js';
export { ClientDataError, PopulationError } from './runner/client-errors.js';
export { type ClientOutcome, clientOutcome, dropped } from './runner/client-outcome.js';
export type { ClientReport } from './runner/client-report.js';
export { createPlanRunner, type Leaves, type PlanRunner } from './runner/plan-runner.js';
