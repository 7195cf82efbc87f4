// Compiles what a run asks of its clients besides its rounds, into a plan of its own, and one with both: runtimes are
// made ready for that one, so that the same workers or sockets serve rounds and evaluations.
import {
  compilePlan,
  formatType,
  StarlingError,
  structEntries,
  type Type,
  toValue,
} from '@starling/federated-core';
import { flatten, isAssignable, leafCount } from '@starling/federated-core/plan';
import { joinLinkedPlans, type LinkedPlan } from '@starling/plan';
import { linkPlan } from '@starling/plan/link';
import type { Leaves } from '@starling/plan/runner';
import type { CompiledRun } from './compile-run.js';
import type { ClientsEvaluation } from './evaluation.js';

export interface CompiledEvaluation {
  /** Of an evaluation alone. */
  readonly plan: LinkedPlan;
  /** The phases of a round, then those of an evaluation. */
  readonly joined: LinkedPlan;
  /** From the leaves of the state to those of the server's input. */
  serverInput(state: Leaves): Leaves;
}

/**
 * Throws a `StarlingError` with code `bad-run` if the state has no field that a parameter needs, and a `CompileError`
 * if its clients would have to hold something else than those of the run.
 */
export function compileEvaluation(run: CompiledRun, evaluation: ClientsEvaluation): CompiledEvaluation {
  const { computation } = evaluation;
  if (run.stateType === null) throw badEvaluation('need a process, got a computation, which has no state');
  const { laneSize } = run.plan.plan;
  const reads = run.clientState !== null && { reads: run.clientState };
  const plan = linkPlan(compilePlan(computation, { laneSize, ...reads }));
  if (plan.plan.phases.length === 0) {
    throw badEvaluation(
      `${computation.name} must ask something of clients, got a computation of the server's alone`,
    );
  }
  return {
    plan,
    joined: joinLinkedPlans(run.plan, plan),
    serverInput: serverInputFrom(plan, run.stateType, evaluation),
  };
}

function serverInputFrom(
  { plan: { name, serverInput } }: LinkedPlan,
  state: Type,
  { arguments: given = {} }: ClientsEvaluation,
): CompiledEvaluation['serverInput'] {
  const parts = serverInput.kind === 'struct' ? structEntries(serverInput) : [[null, serverInput] as const];
  const fields = fieldsOf(state);
  const takes = parts.map(([parameter, type]): ((state: Leaves) => Leaves) => {
    if (parameter !== null && Object.hasOwn(given, parameter)) {
      const leaves = flatten(type, toValue(type, given[parameter]));
      return () => leaves;
    }
    const field = fields.find(({ path }) => path === parameter);
    if (field === undefined || !isAssignable(type, field.type)) {
      throw missing(name, parameter, type, fields);
    }
    return (leaves) => leaves.slice(field.from, field.from + leafCount(field.type));
  });
  const unknown = Object.keys(given).find((argument) => !parts.some(([parameter]) => parameter === argument));
  if (unknown !== undefined) throw badEvaluation(`${name} has no argument '${unknown}'`);
  return (leaves) => takes.flatMap((take) => take(leaves));
}

/** What of a state a parameter may be called after, and where its leaves begin. */
interface Field {
  readonly path: string;
  readonly type: Type;
  readonly from: number;
}

function fieldsOf(state: Type): readonly Field[] {
  const whole: Field = { path: 'state', type: state, from: 0 };
  let from = 0;
  const entries = state.kind === 'struct' ? structEntries(state) : [];
  const fields = entries.map(([name, type], index): Field => {
    const field = { path: name ?? String(index), type, from };
    from += leafCount(type);
    return field;
  });
  return [...fields, ...(fields.some(({ path }) => path === 'state') ? [] : [whole])];
}

function missing(
  name: string,
  parameter: string | null,
  type: Type,
  fields: readonly Field[],
): StarlingError {
  const has = fields.map((field) => `${field.path}: ${formatType(field.type)}`).join(', ');
  return badEvaluation(
    `${name} needs ${parameter === null ? 'a named parameter' : `'${parameter}'`} of ${formatType(type)} from the state or the arguments, got a state of ${has}`,
  );
}

function badEvaluation(problem: string): StarlingError {
  return new StarlingError('bad-run', `Cannot evaluate a run on its clients: ${problem}`);
}
