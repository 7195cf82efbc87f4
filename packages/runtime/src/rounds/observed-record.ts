// A round as its observer is given it: with a state of the observer's own, which is copied when it is first read. What
// is written to it reaches no further round, and who reads none of it pays for nothing.
import type { HostValue, Value } from '@starling/federated-core';
import { copyTensor, unflatten } from '@starling/federated-core/plan';
import type { Leaves } from '@starling/plan/runner';
import type { CompiledRun } from './compile-run.js';
import { listOfLeaves } from './list-of-leaves.js';
import { type OwnFields, withOwnFields } from './own-fields.js';
import type { RoundRecord } from './run-options.js';

/** `result`: the leaves of the plan's result, of which a computation's `stateValue` is. */
export function observedRecord(
  { stateType, plan }: Pick<CompiledRun, 'stateType' | 'plan'>,
  record: Omit<RoundRecord, 'stateValue'>,
  result: Leaves,
  ownFields: OwnFields = withOwnFields,
): RoundRecord<HostValue, Value> {
  const { state, metrics, wallMs, ...told } = record;
  const type = stateType ?? plan.plan.result;
  let copied: Leaves | null = null;
  let value: Value | null = null;
  let figures: HostValue | null = null;
  const leaves = (): Leaves => {
    copied ??= listOfLeaves(type, (stateType === null ? result : state).map(copyTensor));
    return copied;
  };
  return {
    ...told,
    get metrics() {
      figures ??= ownFields('metrics', metrics);
      return figures;
    },
    get state() {
      return stateType === null ? [] : leaves();
    },
    get stateValue() {
      value ??= ownFields('stateValue', unflatten(type, leaves()));
      return value;
    },
    wallMs,
  };
}
