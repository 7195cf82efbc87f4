// Prints a round plan: its slots in order, each program a line an instruction. Golden files hold these.

import type { Aggregation } from '../aggregations/aggregations.js';
import { encodeSettings } from '../aggregations/settings.js';
import { aggregateOf } from '../intrinsics/intrinsics.js';
import { planKind } from '../plan/plan-kind.js';
import type { ClientState, RoundPlan, Selection } from '../plan/round-plan.js';
import type { LocalComputation } from '../program/local-computation.js';
import { registersMade } from '../program/map-registers.js';
import type { Instruction, LocalProgram } from '../program/program.js';
import { formatTypeIndented } from '../types/format.js';
import { leafCount } from '../types/leaves.js';
import { structEntries, type Type } from '../types/types.js';
import { formatTensor } from './format-tensor.js';

/** The plan as text; graphs are named by their computation, or by hash when the plan is linked. */
export function formatPlan(plan: RoundPlan<LocalComputation> | RoundPlan<string>): string {
  planKind('Cannot print a plan', 'what is printed', plan);
  const { serverInput, clientInput, laneSize } = plan;
  const clientState: ClientState<LocalComputation | string> | undefined = plan.clientState;
  const phases: readonly RoundPlan<LocalComputation | string>['phases'][number][] = plan.phases;
  const lines = [
    `plan ${plan.name}`,
    `  server input: ${broken(serverInput)}`,
    `  client input: ${broken(clientInput)}`,
    ...(clientState === undefined ? [] : [formatClientState(clientState)]),
    `  lanes of ${laneSize}`,
    ...(clientState === undefined ? [] : ['', ...block('first client state', clientState.initialize, [])]),
  ];
  const known = labels('server', serverInput);
  phases.forEach(({ prepare, broadcast, selections, work, aggregations }, index) => {
    const suffix = phases.length === 1 ? '' : String(index + 1);
    lines.push('', `phase ${index + 1}`, ...block('prepare', prepare, known));
    lines.push(`  broadcast: ${broken(broadcast)}`);
    lines.push(...selections.map((each) => `  ${formatSelection(each, phases)}`));
    const slices = selections.flatMap(({ slice }, number) => labels(`slices[${number}]`, slice));
    lines.push(
      ...block('work', work, [
        ...labels('broadcast', broadcast),
        ...slices,
        ...(clientState === undefined ? [] : labels('kept', clientState.type)),
        ...labels('client', clientInput),
      ]),
    );
    if (clientState?.madeIn === index)
      lines.push(`  the last ${leafCount(clientState.type)} are the new client state`);
    for (const aggregation of aggregations) {
      lines.push(`  ${formatAggregation(aggregation)}`);
      for (const [name, operator] of Object.entries(aggregation.operators ?? {})) {
        lines.push(...block(name, operator, inputs(operator.inputs)).map((line) => `  ${line}`));
      }
    }
    aggregations.forEach(({ result }, number) => {
      known.push(...labels(`aggregate${suffix}[${number}]`, result));
    });
  });
  lines.push(
    '',
    ...block('apply', plan.apply, known).map((line) => line.slice(2)),
    `result: ${formatTypeIndented(plan.result)}`,
    '',
  );
  return lines.join('\n');
}

function formatClientState({ type, whenLost, madeIn }: ClientState<unknown>): string {
  const how = madeIn === null ? 'read only' : `never sent; a client that has lost it: ${whenLost}`;
  return `  client state: ${broken(type)} (${how})`;
}

function formatSelection(
  { keys: { phase, aggregation }, served, graph, slice }: Selection<LocalComputation | string>,
  phases: readonly Pick<RoundPlan<unknown>['phases'][number], 'aggregations'>[],
): string {
  const source = phases.length === 1 ? 'aggregate' : `aggregate${phase + 1}`;
  const what = `${nameOf(graph)} of ${broken(served)} by ${source}[${aggregation}].keys`;
  return `slices: ${what} -> ${broken({ kind: 'sequence', element: slice })}`;
}

/** A type that is broken over lines when it is wide, two columns in. */
function broken(type: Type): string {
  return formatTypeIndented(type).replaceAll('\n', '\n  ');
}

function formatAggregation({ kind, update, result, settings, ifEmpty }: Aggregation<unknown>): string {
  const extras = [
    ...(aggregateOf(kind).revealing ? [' (revealing)'] : []),
    ...Object.entries(encodeSettings(settings ?? {})).map(([name, value]) => ` ${name}=${value}`),
    ...(ifEmpty === undefined ? [] : [` ifEmpty=${ifEmpty.map(formatTensor).join(', ')}`]),
  ];
  return `${kind}: ${broken(update)} -> ${broken(result)}${extras.join('')}`;
}

/** A name for each leaf of an input: the path that leads to it. */
function labels(path: string, type: Type): string[] {
  if (type.kind === 'sequence') return labels(path, type.element);
  if (type.kind !== 'struct') return [path];
  return structEntries(type).flatMap(([name, field], index) =>
    labels(name === null ? `${path}[${index}]` : `${path}.${name}`, field),
  );
}

function inputs(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `in[${index}]`);
}

function block(
  title: string,
  program: LocalProgram<LocalComputation | string>,
  given: readonly string[],
): string[] {
  const registers = [...given];
  const lines = program.instructions.map((instruction) => {
    const before = registers.length;
    const outputs = registersMade(instruction);
    const fresh = Array.from({ length: outputs }, (_, index) => `%${before - given.length + index}`);
    const text = formatInstruction(instruction, registers);
    registers.push(...fresh);
    return `    ${list(
      [...fresh.keys()].map((index) => before + index),
      registers,
    )} = ${text}`;
  });
  const result = list(program.outputs, registers);
  return [`  ${title}:`, ...lines, `    -> ${result === '' ? '(nothing)' : result}`];
}

function formatInstruction(
  instruction: Instruction<LocalComputation | string>,
  registers: readonly string[],
): string {
  const read = (wanted: readonly number[]): string => list(wanted, registers);
  const graph = 'graph' in instruction ? nameOf(instruction.graph) : '';
  switch (instruction.op) {
    case 'constant':
      return formatTensor(instruction.value);
    case 'random':
      return 'random()';
    case 'call':
      return `${graph}(${read(instruction.inputs)})`;
    case 'reduce':
      return `reduce ${graph} over (${read(instruction.sequence)}) from (${read(instruction.initial)})`;
    case 'map':
      return `map ${graph} over (${read(instruction.sequence)})`;
    case 'sum':
      return `sum over (${read(instruction.sequence)})`;
    case 'select':
      return `select ${graph} of (${read(instruction.inputs)}) by ${read([instruction.keys])} < ${instruction.keyBound}`;
  }
}

/** From this many on, neighbours of one struct, or of one result, are shown together. */
const MANY = 4;

/**
 * Registers by name, with commas. A run of neighbours is known by its struct when it is the whole of it, such as the
 * tensors of a model: `server.state.model.* (6)`; else from first to last, `%0 … %5`.
 */
function list(wanted: readonly number[], names: readonly string[]): string {
  const parentOf = (register: number): string => names[register]!.replace(/(\.[^.[]*|\[\d+\]|\d+)$/, '');
  const runs: number[][] = [];
  for (const register of wanted) {
    const run = runs.at(-1);
    const before = run?.at(-1);
    if (before === register - 1 && parentOf(before) === parentOf(register)) run!.push(register);
    else runs.push([register]);
  }
  const written = runs.map((run) => {
    if (run.length < MANY) return run.map((register) => names[register]).join(', ');
    const parent = parentOf(run[0]!);
    const siblings = names.filter((_, register) => parentOf(register) === parent).length;
    return parent !== '%' && siblings === run.length
      ? `${parent}.* (${run.length})`
      : `${names[run[0]!]} … ${names[run.at(-1)!]}`;
  });
  return written.join(', ');
}

function nameOf(graph: LocalComputation | string): string {
  return typeof graph === 'string' ? graph.slice(0, 12) : graph.name;
}
