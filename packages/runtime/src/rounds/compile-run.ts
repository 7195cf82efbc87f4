// Compiles what a run repeats each round, and knows which leaves are state: a process carries state from one
// round to the next, a computation is asked the same question of another cohort.
import {
  type CompileOptions,
  clientStateOptions,
  compilePlan,
  type FederatedComputation,
  formatType,
  type HostValue,
  type IterativeProcess,
  StarlingError,
  struct,
  structEntries,
  type Type,
  toHost,
  type Value,
} from '@starling/federated-core';
import {
  atLocation,
  type ClientState,
  checkValue,
  copyTensor,
  didYouMean,
  flatten,
  kinds,
  leafCount,
  leafTypes,
  sourceLocation,
  unflatten,
  valueFor,
} from '@starling/federated-core/plan';
import type { LinkedPlan } from '@starling/plan';
import { linkPlan } from '@starling/plan/link';
import type { Leaves } from '@starling/plan/runner';
import { noStateChecks, type StateChecks, stateChecks } from './check-state.js';

export interface RunSource<
  P extends IterativeProcess = IterativeProcess,
  C extends FederatedComputation = FederatedComputation,
> {
  readonly process?: P;
  readonly computation?: C;
  /** In place of both: a run that was compiled elsewhere, as `readSubmission` gives it. */
  readonly prepared?: PreparedRun;
  /** SERVER-placed parameters by name; or, of a computation with one unnamed parameter, its value. */
  readonly arguments?: unknown;
  /**
   * Clients a lane, instead of the plan's own choice: the unit of work of a worker, and of summing, so that another
   * size gives another last bit. A cohort that lanes cut evenly among the workers is summed with the fewest merges.
   */
  readonly laneSize?: number;
}

/** A run as plans and tensors alone: what is left of it once it is compiled. */
export interface PreparedRun {
  readonly plan: LinkedPlan;
  /** Makes the first state; `null` for a computation. */
  readonly initialize: LinkedPlan | null;
  /** The leaves of the server's arguments, in the order of the plan's parameters, without the state. */
  readonly arguments: Leaves;
  /** Whether every number of the state must be finite. */
  readonly finiteState: boolean;
}

export interface CompiledRun extends StateChecks {
  readonly plan: LinkedPlan;
  /** Makes the first state; `null` for a computation, whose state has no leaves. */
  readonly initialize: LinkedPlan | null;
  /** What clients keep, as an evaluation is compiled to read it; `null` without, and of a run that is prepared. */
  readonly clientState: ClientState | null;
  /** `null` for a computation. */
  readonly stateType: Type | null;
  serverInput(state: Leaves): Leaves;
  /** From the leaves of the plan's result. */
  stateOf(result: Leaves): Leaves;
  metricsOf(result: Leaves): HostValue;
}

/** Throws a `StarlingError` with code `bad-run` if source, arguments and parameters do not fit. */
export function compileRun(source: RunSource): CompiledRun {
  const { process, computation, prepared, arguments: given, laneSize } = source;
  const options: CompileOptions = laneSize === undefined ? {} : { laneSize };
  if (prepared !== undefined && process === undefined && computation === undefined) {
    if (given === undefined && laneSize === undefined) return runOfPlans(prepared);
    throw badRun('a run that is prepared has its arguments and its lanes, and takes no others');
  }
  if (process !== undefined && computation === undefined && prepared === undefined)
    return compileProcess(process, given, options);
  if (computation !== undefined && process === undefined && prepared === undefined) {
    const plan = linkPlan(compilePlan(computation, options));
    const { serverInput: type } = plan.plan;
    const unnamed = computation.parameters[0]?.name === null;
    const nothing = leafTypes(type).length === 0;
    const unnamedInput = () =>
      nothing ? [] : flatten(type, valueFor(ACTION, 'its argument', type, given)).map(copyTensor);
    const input = unnamed ? unnamedInput() : namedArguments(plan, given, []).flat();
    return runOfPlans({ plan, initialize: null, arguments: input, finiteState: false });
  }
  throw badRun('need either a process or a computation, and not both');
}

function compileProcess(process: IterativeProcess, given: unknown, options: CompileOptions): CompiledRun {
  const compiled = compilePlan(process.next, { ...options, ...clientStateOptions(process) });
  const plan = linkPlan(compiled);
  const initialize = linkPlan(compilePlan(process.initialize));
  const resultType = plan.plan.result;
  const fields = new Map(resultType.kind === 'struct' ? structEntries(resultType) : []);
  if (!fields.has('state') || !fields.has('metrics')) {
    throw badRun(`next must give <state=…,metrics=…>, got ${formatType(resultType)}`);
  }
  const leaves = namedArguments(plan, given, ['state']).flat();
  return {
    ...runOfPlans({ plan, initialize, arguments: leaves, finiteState: process.finiteState }),
    clientState: compiled.clientState ?? null,
  };
}

/**
 * Throws a `StarlingError` with code `bad-run` if the plans do not belong together, or the arguments are not the
 * plan's.
 */
function runOfPlans(prepared: PreparedRun): CompiledRun {
  const { plan, initialize, arguments: given, finiteState } = prepared;
  const { serverInput: inputType, result: resultType } = plan.plan;
  const parameters = inputType.kind === 'struct' ? structEntries(inputType) : [];
  const stateIndex = initialize === null ? -1 : parameters.findIndex(([name]) => name === 'state');
  const fields = new Map(resultType.kind === 'struct' ? structEntries(resultType) : []);
  const stateType = initialize?.plan.result ?? null;
  const metricsType = stateType === null ? resultType : fields.get('metrics');
  if (stateType !== null && (stateIndex < 0 || !fields.has('state') || metricsType === undefined)) {
    throw badRun(`a plan with a state must give <state=…,metrics=…>, got ${formatType(resultType)}`);
  }
  const own = { plan, initialize, clientState: null, stateType };
  if (stateType === null) {
    checkArguments(inputType, given);
    return {
      ...own,
      ...noStateChecks,
      serverInput: () => given,
      stateOf: () => [],
      metricsOf: (result) => hostOf(resultType, unflatten(resultType, result)),
    };
  }
  const others = parameters.flatMap(([, type], index) => (index === stateIndex ? [] : [type]));
  checkArguments(struct(others), given);
  const before = parameters.slice(0, stateIndex).reduce((sum, [, type]) => sum + leafCount(type), 0);
  const split = (result: Leaves) => unflatten(resultType, result) as { readonly [name: string]: Value };
  return {
    ...own,
    ...stateChecks(stateType, finiteState),
    serverInput: (state) => [...given.slice(0, before), ...state, ...given.slice(before)],
    stateOf: (result) => flatten(stateType, split(result)['state']!),
    metricsOf: (result) => hostOf(metricsType!, split(result)['metrics']!),
  };
}

/** Of a run that was compiled elsewhere nobody has looked at them. */
function checkArguments(type: Type, given: Leaves): void {
  const need = leafCount(type);
  if (given.length !== need) throw badRun(`need ${need} leaves of arguments, got ${given.length}`);
  checkValue(type, unflatten(type, given));
}

/** Copied: a metric may be an argument of the run, or a part of its state, and is for the user to keep. */
function hostOf(type: Type, value: Value): HostValue {
  return toHost(type, unflatten(type, flatten(type, value).map(copyTensor)));
}

/** The leaves of each server parameter by name; none for those that are `reserved`. */
function namedArguments(
  { plan: { name, serverInput } }: LinkedPlan,
  given: unknown,
  reserved: readonly string[],
): readonly Leaves[] {
  if (serverInput.kind !== 'struct') throw badRun(`${name} must name its parameters`);
  if (given !== undefined) kinds.record(ACTION, 'arguments', given);
  const values = (given ?? {}) as Readonly<Record<string, unknown>>;
  const entries = structEntries(serverInput);
  const known = entries.map(([parameter]) => parameter);
  const wanted = known.filter((parameter) => !reserved.includes(parameter as string));
  const unknown = Object.keys(values).find((parameter) => !wanted.includes(parameter));
  if (unknown !== undefined) {
    const near = didYouMean(unknown, wanted as readonly string[]);
    throw badRun(`${name} has the arguments ${wanted.join(', ') || '(none)'}, got '${unknown}'${near}`);
  }
  for (const parameter of reserved) {
    if (!known.includes(parameter))
      throw badRun(`${name} must have a parameter '${parameter}' at the server`);
  }
  return entries.map(([parameter, type]) => {
    if (reserved.includes(parameter as string)) return [];
    const value = values[parameter as string];
    if (value !== undefined) {
      return flatten(type, valueFor(ACTION, `argument '${parameter}'`, type, value)).map(copyTensor);
    }
    if (leafTypes(type).length === 0) return [];
    throw badRun(`${name} needs an argument '${parameter}' of ${formatType(type)}`);
  });
}

const ACTION = 'Cannot run rounds';

function badRun(problem: string): StarlingError {
  return new StarlingError('bad-run', `${ACTION}: ${problem}${atLocation(sourceLocation())}`);
}
