// The suite that every aggregator passes; it runs in vitest, and users may call it for their own.
export * from './aggregator/contract.js';
