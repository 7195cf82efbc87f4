// What a wrapper declares: it reveals what the aggregator within reveals, and its own bound, if it has one, comes
// first, unless clients add to a sum more than the update that is bounded.
import type { Aggregator, AggregatorFacts, Sensitivity } from './aggregator.js';

export function wrapperFacts(inner: Aggregator, own: Sensitivity | null = null): AggregatorFacts {
  const { reveals, sensitivity, grows = false, accumulates = false } = inner;
  return {
    reveals,
    sensitivity: accumulates ? sensitivity : (own ?? sensitivity),
    ...(grows && { grows }),
    ...(accumulates && { accumulates }),
  };
}
