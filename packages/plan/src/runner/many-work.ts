// The work of a phase for many clients at once: where a client's work is small, nearly all of its time is that of the
// call to the engine, and one call does for hundreds of clients. Whether a plan's work can be done so, its graphs
// answer; it gives each client the bits of its own call.
import type { BatchRefusal, Engine, LoadedBatch } from '@starling/compute/engine';
import type { Tensor, TensorType } from '@starling/federated-core';
import {
  type Column,
  columnOf,
  type Instruction,
  leafCount,
  leafTypes,
  type RoundPlan,
} from '@starling/federated-core/plan';
import type { LinkedPlan } from '../linked/linked-plan.js';
import type { Leaves } from './plan-runner.js';

export interface ManyWork {
  /** By leaf of the clients' input: whether it is a column of a dataset, whose first axis is its rows. */
  readonly isRows: readonly boolean[];
  /** How many numbers a client computes whose datasets have so many rows. */
  numbers(rows: number): number;
  /**
   * The updates of clients, by leaf. Of `own`, a leaf has the clients as its first axis, or behind the rows; clients
   * of one call have datasets of one length. Rejects as a whole where a call fails: then each works by itself.
   */
  run(broadcast: Leaves, own: Leaves): Promise<readonly Column[]>;
}

/** A register of a program, as it is known before it runs. */
interface Known {
  readonly isOwn: boolean;
  readonly isRows: boolean;
}

type Step =
  | { readonly op: 'constant'; readonly value: Tensor }
  | { readonly op: 'call'; readonly batch: LoadedBatch; readonly inputs: readonly number[] };

/** The work of `phase` for many clients, or why each must work by itself. Loads the graphs. */
export async function createManyWork(
  { plan, graphs }: LinkedPlan,
  phase: number,
  engine: Engine,
): Promise<ManyWork | BatchRefusal> {
  const { broadcast, selections, work, aggregations } = plan.phases[phase]!;
  const inputs = leafTypes(plan.clientInput);
  const reason =
    reasonAgainst(plan, selections.length, inputs) ??
    (aggregations.some(({ update }) => leafTypes(update).some(hasUnknown))
      ? 'updates have lengths of their own'
      : null);
  if (reason !== null) return { reason };
  const isRows = inputs.map((type) => type.shape[0] === null);
  const known: Known[] = [
    ...Array.from({ length: leafCount(broadcast) }, () => ({ isOwn: false, isRows: false })),
    ...isRows.map((each) => ({ isOwn: true, isRows: each })),
  ];
  const steps: Step[] = [];
  for (const instruction of work.instructions) {
    const step = await stepOf(instruction, known, graphs, engine);
    if ('reason' in step) return step;
    steps.push(step);
    if (step.op === 'constant') known.push({ isOwn: false, isRows: false });
    else for (let each = 0; each < outputsOf(instruction); each++) known.push({ isOwn: true, isRows: false });
  }
  if (work.outputs.some((register) => known[register]!.isRows)) {
    return { reason: 'updates have lengths of their own' };
  }
  const batches = steps.flatMap((step) => (step.op === 'call' ? [step.batch] : []));
  return {
    isRows,
    numbers: (rows) => batches.reduce((sum, batch) => sum + batch.numbers(rows), sizeOfInputs(inputs, rows)),
    async run(given, own) {
      const registers: Tensor[] = [...given, ...own];
      for (const step of steps) {
        if (step.op === 'constant') registers.push(step.value);
        else registers.push(...(await step.batch.run(step.inputs.map((register) => registers[register]!))));
      }
      return work.outputs.map((register) => {
        const made = registers[register]!;
        if (!known[register]!.isOwn) return columnOf(made, true);
        return columnOf({ ...made, shape: made.shape.slice(1) });
      });
    },
  };
}

function reasonAgainst(
  { clientState }: RoundPlan<string>,
  selections: number,
  inputs: readonly TensorType[],
): string | null {
  if (clientState !== undefined) return 'clients keep a state';
  if (selections > 0) return 'clients are given slices of their own';
  if (inputs.length === 0) return 'clients hold nothing';
  if (inputs.some(({ dtype }) => dtype === 'string')) return 'clients hold strings';
  return inputs.some(({ shape }) => shape.slice(1).includes(null))
    ? 'clients hold data of unknown sizes'
    : null;
}

async function stepOf(
  instruction: Instruction<string>,
  known: readonly Known[],
  graphs: LinkedPlan['graphs'],
  engine: Engine,
): Promise<Step | BatchRefusal> {
  if (instruction.op === 'constant') return { op: 'constant', value: instruction.value };
  if (instruction.op !== 'call') return { reason: `clients do a step of kind ${instruction.op}` };
  const { graph, inputs } = instruction;
  const artifact = graphs.get(graph);
  if (artifact === undefined) return { reason: 'the plan came without its graphs' };
  if (engine.loadBatch === undefined)
    return { reason: `the engine ${engine.name} takes one client at a time` };
  const isOwn = inputs.map((register) => known[register]!.isOwn);
  if (!isOwn.includes(true)) return { reason: 'a call reads nothing of the clients' };
  const batch = await engine.loadBatch(artifact, isOwn);
  return 'reason' in batch ? batch : { op: 'call', batch, inputs };
}

const outputsOf = (instruction: Instruction<string>): number =>
  instruction.op === 'call' ? instruction.outputs : 1;

const hasUnknown = ({ shape }: TensorType): boolean => shape.includes(null);

/** The numbers that a client holds, of datasets with so many rows. */
function sizeOfInputs(inputs: readonly TensorType[], rows: number): number {
  return inputs.reduce(
    (total, { shape }) => total + shape.reduce<number>((size, each) => size * (each ?? rows), 1),
    0,
  );
}
