// The template of an estimate that is refined round by round, such as a quantile: a process with a report that
// reads the estimate off the state.

import { call } from '../computations/call.js';
import { computationKinds, kindOf } from '../computations/computation-kinds.js';
import { type FederatedComputation, federatedComputation } from '../computations/federated-computation.js';
import { checkKind } from '../errors/check-kind.js';
import { sourceLocation } from '../errors/source-location.js';
import type { AnyServerValue } from '../expression/placed-values.js';
import type { SymbolicValue } from '../expression/symbolic-value.js';
import { federatedMap } from '../intrinsics/pointwise/federated-map.js';
import type { LocalComputation } from '../program/local-computation.js';
import { accepts } from '../types/disclosure.js';
import { formatType } from '../types/format.js';
import { type IterativeProcess, iterativeProcess } from './iterative-process.js';
import type { ProcessComputations } from './process-computations.js';
import type { FittingComputations } from './process-needs.js';
import { ProcessCheck } from './process-types.js';

export interface EstimationProcess<
  I extends FederatedComputation = FederatedComputation,
  N extends FederatedComputation = FederatedComputation,
  R extends FederatedComputation = FederatedComputation,
> extends Omit<IterativeProcess<I, N>, 'kind'> {
  readonly kind: 'estimation-process';
  /** (S@SERVER -> E@SERVER). */
  readonly report: R;
}

/** An estimation process; `report` takes the state, as its one parameter, and gives the estimate at the server. */
export function estimationProcess<
  I extends FederatedComputation,
  N extends FederatedComputation,
  R extends FederatedComputation,
>(
  computations: FittingComputations<I, never, N, 'metrics'> & { readonly report: R },
): EstimationProcess<I, N, R> {
  const check = new ProcessCheck('an estimation process', sourceLocation());
  check.computations(computations, ['initialize', 'next', 'report']);
  const { initialize, report } = computations as Pick<ProcessComputations<I, N>, 'initialize'> & {
    readonly report: R;
  };
  const state = check.stateOf(initialize);
  const [parameter, ...others] = report.parameters;
  if (parameter === undefined || others.length > 0 || !accepts(parameter.type, state)) {
    check.fail(`report must take the state, ${formatType(state)}`, formatType(report.type));
  }
  check.atServer('the estimate', report.type.result);
  return {
    ...(iterativeProcess(computations) as IterativeProcess<I, N>),
    kind: 'estimation-process',
    report,
  };
}

/** The same process with `local` applied to its estimate. */
export function mapEstimate(process: EstimationProcess, local: LocalComputation): EstimationProcess {
  checkKind('Cannot map an estimate', 'the process', process, {
    need: 'a process with an estimate, which estimationProcess(…) makes',
    fits: (value) => kindOf(value) === 'estimation-process',
  });
  computationKinds.local('Cannot map an estimate', 'what is applied to it', local);
  const { name } = process.report.parameters[0]!;
  const report = federatedComputation(
    process.initialize.type.result,
    (state) => {
      const given = state as SymbolicValue;
      const estimate = call(process.report, name === null ? given : { [name]: given });
      return federatedMap(local, estimate as AnyServerValue);
    },
    { name: `${local.name} of ${process.report.name}` },
  );
  return estimationProcess({ initialize: process.initialize, next: process.next, report });
}
