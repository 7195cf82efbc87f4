// The suites that every model, optimizer and schedule passes; they run in vitest, and users may call them for their
// own.
export * from './models/contract.js';
export * from './optimizers/contract.js';
export * from './schedules/contract.js';
