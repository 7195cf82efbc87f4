// The suite that every statistic passes; it runs in vitest, and users may call it for statistics of their own.
export * from './statistic/contract.js';
