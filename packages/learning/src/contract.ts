// The suites that models, optimizers, schedules and the parts of learning processes pass; they run in vitest, and users
// may call them for their own.

export * from './client-work/contract.js';
export * from './distributors/contract.js';
export * from './finalizers/contract.js';
export * from './metrics/contract.js';
export * from './models/contract.js';
export * from './optimizers/contract.js';
export * from './schedules/contract.js';
