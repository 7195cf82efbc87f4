// The contract of estimates: a number that the server keeps and that follows what clients measure, from round to round.
// A bound of a wrapper is a number, or an estimate of one.
import { type AnyServerValue, call, type EstimationProcess, field } from '@starling/federated-core';
import {
  type Check,
  checkKind,
  checkNumber,
  hasMethods,
  type NumberRange,
  ofKind,
} from '@starling/federated-core/plan';

export interface Estimate {
  readonly name: string;
  /** From one float32 `record` with each client, to a float32 at the server. */
  create(): EstimationProcess;
}

/** A fixed bound, or one that is estimated. */
export type Bound = number | Estimate;

/** The check of a bound: a number within `range`, or an estimate. */
export function boundWithin(range: NumberRange): Check {
  return (action, option, value) => {
    if (isEstimate(value)) return;
    if (typeof value === 'object' && value !== null) estimateKind(action, option, value);
    else checkNumber(action, option, value, range);
  };
}

function isEstimate(value: unknown): value is Estimate {
  return hasMethods(value, ['create']) && !('reveals' in (value as object));
}

const estimateKind: Check = ofKind({
  need: 'a number, or an estimate of one, such as quantileEstimate({ … })',
  fits: isEstimate,
});

/** What `estimate` creates; throws a `RangeError` unless it is an estimation process. */
export function estimationBy(estimate: Estimate): EstimationProcess {
  const process = estimate.create();
  checkKind(`Cannot estimate by ${estimate.name}`, 'what create returns', process, {
    need: 'an estimation process, which estimationProcess(…) makes',
    fits: (value) => (value as { readonly kind?: unknown } | null | undefined)?.kind === 'estimation-process',
  });
  return process;
}

/** The estimate of `process` in this state. */
export function estimateIn(process: EstimationProcess, state: AnyServerValue): AnyServerValue {
  return call(process.report, { state }) as AnyServerValue;
}

/** One round of `process`, from what each client has measured. */
export function refine(
  process: EstimationProcess,
  state: AnyServerValue,
  record: Parameters<typeof field>[0],
): { readonly state: AnyServerValue; readonly metrics: AnyServerValue } {
  const after = call(process.next, { state, record });
  return {
    state: field(after, 'state') as AnyServerValue,
    metrics: field(after, 'metrics') as AnyServerValue,
  };
}
