// Checks that a plan is sound before anything runs it: every register exists when it is read, every graph is
// there and takes what it is given, and each slot takes and gives the leaves that its neighbours expect.
import { formatType, type Type } from '@starling/federated-core';
import {
  type Aggregation,
  type ClientState,
  type Instruction,
  type LocalProgram,
  leafTypes,
  type Phase,
  type RoundPlan,
  type Selection,
  stateLeafCount,
} from '@starling/federated-core/plan';
import { PlanError } from './plan-error.js';

/** What a plan's graph takes and gives, as far as a plan is concerned. */
export interface GraphSignature {
  readonly parameter: Type | null;
  readonly result: Type;
}

/** Throws a `PlanError` that names the slot at fault. */
export function checkPlan(plan: RoundPlan<string>, graphs: ReadonlyMap<string, GraphSignature>): void {
  if (!(Number.isSafeInteger(plan.laneSize) && plan.laneSize >= 1)) {
    throw new PlanError(`Cannot run plan '${plan.name}': laneSize must be at least 1, got ${plan.laneSize}`);
  }
  const checkClientState = ({ initialize, madeIn }: ClientState<string>): void => {
    check('the first client state', initialize, 0, stateLeafCount(plan));
    if (madeIn === null || madeIn < plan.phases.length) return;
    throw new PlanError(
      `Cannot run plan '${plan.name}': its client state must be made in one of ${plan.phases.length} phases, got ${madeIn}`,
    );
  };
  const check = (slot: string, program: LocalProgram<string>, inputs: number, outputs: number): void =>
    checkProgram(`${slot} of plan '${plan.name}'`, program, inputs, outputs, graphs);
  const server = count(plan.serverInput);
  const state = stateLeafCount(plan);
  const client = state + count(plan.clientInput);
  if (plan.clientState !== undefined) checkClientState(plan.clientState);
  let aggregates = 0;
  const earlier: Phase<string>[] = [];
  plan.phases.forEach((phase, index) => {
    const { selections } = phase;
    const served = sum(selections.map((each) => count(each.served)));
    selections.forEach((each, position) => {
      checkSelection(`selection ${position} of phase ${index} of plan '${plan.name}'`, each, earlier, graphs);
    });
    const broadcast = count(phase.broadcast);
    check(`phase ${index} prepare`, phase.prepare, server + aggregates, broadcast + served);
    earlier.push(phase);
    const slices = sum(selections.map(({ slice }) => count(slice)));
    const updates = phase.aggregations.map(({ update }) => count(update));
    const made = plan.clientState?.madeIn === index ? state : 0;
    check(`phase ${index} work`, phase.work, broadcast + slices + client, sum(updates) + made);
    phase.aggregations.forEach((aggregation, position) => {
      const result = count(aggregation.result);
      const update = updates[position] as number;
      aggregates += result;
      if (aggregation.ifEmpty !== undefined && aggregation.ifEmpty.length !== result) {
        throw new PlanError(
          `Cannot run plan '${plan.name}': ifEmpty needs ${result} leaves, got ${aggregation.ifEmpty.length}`,
        );
      }
      if (aggregation.kind === 'select-keys') checkKeys(plan.name, aggregation);
      if (aggregation.operators === undefined) return;
      const { zero, accumulate, merge, report } = aggregation.operators;
      const accumulator = zero.outputs.length;
      const slot = `phase ${index} aggregation ${position}`;
      check(`${slot} zero`, zero, zero.inputs, accumulator);
      check(`${slot} accumulate`, accumulate, accumulator + update, accumulator);
      check(`${slot} merge`, merge, 2 * accumulator, accumulator);
      check(`${slot} report`, report, accumulator, result);
    });
  });
  check('apply', plan.apply, server + aggregates, count(plan.result));
}

/** Keys are one vector of int32. */
function checkKeys(name: string, { update, result }: Aggregation<string>): void {
  const [keys, ...others] = leafTypes(update);
  const isVector = keys?.dtype === 'int32' && keys.shape.length === 1 && others.length === 0;
  if (isVector && count(result) === 2) return;
  throw new PlanError(
    `Cannot run plan '${name}': keys must be an int32 vector, and their aggregate two leaves, got ${formatType(update)}`,
  );
}

/** Its keys must have come in a phase before, and its graph must take a key, and what is served. */
function checkSelection(
  slot: string,
  { keys, served, graph, slice }: Selection<string>,
  earlier: readonly Phase<string>[],
  graphs: ReadonlyMap<string, GraphSignature>,
): void {
  const source = earlier[keys.phase]?.aggregations[keys.aggregation];
  if (source?.kind !== 'select-keys') {
    throw new PlanError(
      `Cannot run ${slot}: aggregation ${keys.aggregation} of phase ${keys.phase} takes no keys`,
    );
  }
  const { parameter, result } = graphs.get(graph) ?? { parameter: null, result: null };
  if (result === null) throw new PlanError(`Cannot run ${slot}: there is no graph ${graph}`);
  const takes = parameter === null ? 0 : count(parameter);
  if (takes !== count(served) + 1 || count(result) !== count(slice)) {
    throw new PlanError(
      `Cannot run ${slot}: graph ${graph} must take ${count(served) + 1} leaves and give ${count(slice)}, got ${takes} and ${count(result)}`,
    );
  }
}

function checkProgram(
  slot: string,
  program: LocalProgram<string>,
  inputs: number,
  outputs: number,
  graphs: ReadonlyMap<string, GraphSignature>,
): void {
  const fail = (problem: string): never => {
    throw new PlanError(`Cannot run ${slot}: ${problem}`);
  };
  if (program.inputs !== inputs) fail(`it must take ${inputs} leaves, got ${program.inputs}`);
  if (program.outputs.length !== outputs)
    fail(`it must give ${outputs} leaves, got ${program.outputs.length}`);
  let registers = program.inputs;
  const read = (...wanted: readonly number[]): void => {
    const missing = wanted.find((register) => register >= registers);
    if (missing !== undefined) fail(`register ${missing} is read when there are only ${registers}`);
  };
  const call = (graph: string, takes: number, gives: number): void => {
    const { parameter, result } = graphs.get(graph) ?? fail(`there is no graph ${graph}`);
    const parameters = parameter === null ? 0 : count(parameter);
    if (parameters !== takes || count(result) !== gives) {
      fail(
        `graph ${graph} must take ${takes} leaves and give ${gives}, got ${parameters} and ${count(result)}`,
      );
    }
  };
  for (const instruction of program.instructions) {
    registers += checkInstruction(instruction, read, call);
  }
  read(...program.outputs);
}

/** How many registers an instruction appends, once `read` and `call` have checked what it reads and calls. */
function checkInstruction(
  instruction: Instruction<string>,
  read: (...registers: readonly number[]) => void,
  call: (graph: string, takes: number, gives: number) => void,
): number {
  switch (instruction.op) {
    case 'constant':
    case 'random':
      return 1;
    case 'call':
      read(...instruction.inputs);
      call(instruction.graph, instruction.inputs.length, instruction.outputs);
      return instruction.outputs;
    case 'reduce': {
      const { graph, sequence, initial } = instruction;
      read(...sequence, ...initial);
      call(graph, initial.length + sequence.length, initial.length);
      return initial.length;
    }
    case 'map':
      read(...instruction.sequence);
      call(instruction.graph, instruction.sequence.length, instruction.result.length);
      return instruction.result.length;
    case 'sum':
      read(...instruction.sequence);
      return instruction.element.length;
    case 'select':
      read(...instruction.inputs, instruction.keys);
      call(instruction.graph, instruction.inputs.length + 1, instruction.result.length);
      return instruction.result.length;
  }
}

function count(type: Type): number {
  return leafTypes(type).length;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
