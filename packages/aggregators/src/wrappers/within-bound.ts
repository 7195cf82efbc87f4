// What wrappers have in common that hold updates within a bound, a number or an estimate of one: what is kept from
// round to round, and what is measured.
import {
  type AggregationProcess,
  type AnyServerValue,
  type ClientsValue,
  clientStartOf,
  federatedBroadcast,
  federatedSum,
  federatedZip,
  field,
  startOf,
  stepOf,
  type Type,
} from '@starling/federated-core';
import { type AggregationInput, aggregationOf } from '../aggregator/aggregator.js';
import { type Bound, type Estimate, estimateIn, estimationBy, refine } from '../estimates/estimate.js';

export interface WithinBoundOptions {
  readonly name: string;
  readonly update: Type;
  readonly inner: AggregationProcess;
  readonly bound: Bound;
  /** By which name the clients are counted whose update is beyond the bound. */
  readonly counts: string;
  /** What clients send instead; `norm`, of the round at the clients, is there where the bound is an estimate. */
  readonly screen: (
    given: Pick<AggregationInput, 'value' | 'weight'> & { readonly norm?: ClientsValue },
  ) => ScreenedUpdate;
}

/** Fields of `from` by these names: the value, and its weight if that changes, and what is counted and estimated. */
export interface ScreenedUpdate {
  readonly value: ClientsValue;
  readonly weight: ClientsValue;
  /** A struct with an int32 under the name that is counted, and with an estimate the float32 `norm`. */
  readonly from: ClientsValue;
}

/**
 * `inner` on what `screen` makes of updates. Measures their count, and with an estimate `norm`, the bound of the round,
 * and `estimate`, what that measures.
 */
export function withinBound(options: WithinBoundOptions): AggregationProcess {
  const { bound } = options;
  return typeof bound === 'number' ? fixed(options) : estimated(options, bound);
}

function fixed({ name, update, inner, counts, screen }: WithinBoundOptions): AggregationProcess {
  return aggregationOf({
    name,
    update,
    start: () => startOf(inner),
    startClient: clientStartOf(inner),
    step: (before, { clientState, ...input }) => {
      const { value, weight, from } = screen(input);
      const step = stepOf(inner, before, { value, weight, clientState });
      const count = federatedSum(field(from, counts));
      return { ...step, measurements: federatedZip({ [counts]: count, inner: step.measurements }) };
    },
  });
}

function estimated(
  { name, update, inner, counts, screen }: WithinBoundOptions,
  estimate: Estimate,
): AggregationProcess {
  const estimation = estimationBy(estimate);
  return aggregationOf({
    name,
    update,
    start: () => federatedZip({ norm: startOf(estimation), inner: startOf(inner) }),
    startClient: clientStartOf(inner),
    step: (before, { clientState, ...input }) => {
      const known = field(before, 'norm') as AnyServerValue;
      const norm = estimateIn(estimation, known);
      const { value, weight, from } = screen({ ...input, norm: federatedBroadcast(norm) as ClientsValue });
      const step = stepOf(inner, field(before, 'inner') as AnyServerValue, { value, weight, clientState });
      const next = refine(estimation, known, field(from, 'norm'));
      const count = federatedSum(field(from, counts));
      return {
        ...step,
        state: federatedZip({ norm: next.state, inner: step.state }),
        measurements: federatedZip({
          norm,
          [counts]: count,
          estimate: next.metrics,
          inner: step.measurements,
        }),
      };
    },
  });
}
