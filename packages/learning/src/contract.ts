// The suites that every optimizer and schedule passes; they run in vitest, and users may call them for their own.
export * from './optimizers/contract.js';
export * from './schedules/contract.js';
