// Plans as they cross a thread, a socket or a disk: encoded, decoded, checked, and run slot by slot. Loads in a browser.

export * from './linked/linked-plan.js';
export * from './linked/map-plan.js';
export * from './linked/plan-error.js';
export * from './manifest/decode-plan.js';
export * from './manifest/encode-plan.js';
export { PLAN_FORMAT_VERSION } from './manifest/manifest.js';
export * from './runner/breathe.js';
export * from './runner/client-argument.js';
export * from './runner/client-errors.js';
export * from './runner/client-report.js';
export * from './runner/client-work.js';
export * from './runner/plan-runner.js';
export * from './safetensors/body-error.js';
export * from './safetensors/safetensors.js';
export * from './safetensors/sha256.js';
export * from './safetensors/state-hash.js';
