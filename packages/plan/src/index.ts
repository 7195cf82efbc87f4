// Plans as they cross a socket or a disk: encoded, decoded, checked. Loads in a browser. Further entries: `/runner`
// runs a plan, program by program; `/link` makes a linked plan, and loads compute for it; `/safetensors` has tensors as
// bytes, and hashes.
export type { LinkedPlan } from './linked/linked-plan.js';
export { type GraphRole, graphsOf } from './linked/map-plan.js';
export { PlanError } from './linked/plan-error.js';
export { type DecodeOptions, decodeManifest, decodePlan, workBlobs } from './manifest/decode-plan.js';
export { encodePlan } from './manifest/encode-plan.js';
export { joinLinkedPlans } from './manifest/join-linked-plans.js';
export { type BlobReference, type Manifest, PLAN_FORMAT_VERSION } from './manifest/manifest.js';
