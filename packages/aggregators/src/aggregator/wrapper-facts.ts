// What a wrapper declares: it reveals what the aggregator within reveals, and its own bound, if it has one, comes
// first.
import type { Aggregator, AggregatorFacts, Sensitivity } from './aggregator.js';

export function wrapperFacts(inner: Aggregator, own: Sensitivity | null = null): AggregatorFacts {
  const { reveals, sensitivity, grows = false } = inner;
  return { reveals, sensitivity: own ?? sensitivity, ...(grows && { grows }) };
}
