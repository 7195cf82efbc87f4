// Runs a program of a plan: straight down its instructions, each reading registers and appending its results.
// The work of a client, the server's slots and the operators of an aggregation are all run by this one loop.
import { keyOutOfRange, StarlingError } from '../errors/starling-error.js';
import { generator } from '../random/generator.js';
import { deriveSeed, type Seed } from '../random/seed.js';
import { addLeaves, castLeaves, zeroSums } from '../sums/sums.js';
import type { TensorType } from '../types/types.js';
import { elementAt, stackTensors } from '../values/stack.js';
import { copyTensor, type Tensor } from '../values/tensor.js';
import { callFailure } from './call-failure.js';
import type { MaybePromise } from './local-computation.js';
import type { Instruction, LocalProgram, Register } from './program.js';

/** Runs the graph that an instruction names, on leaves. */
export type GraphRunner<G> = (
  graph: G,
  argument: readonly Tensor[],
  seed: Seed,
) => MaybePromise<readonly Tensor[]>;

/**
 * The outputs of `program` on the leaves `inputs`. Throws a `StarlingError` when the number of inputs is not
 * the program's or a graph fails (`explainFailure` says where it was written), and a `RejectedUpdateError` when a
 * select key is out of range.
 */
export async function runProgram<G>(
  program: LocalProgram<G>,
  inputs: readonly Tensor[],
  run: GraphRunner<G>,
  seed: Seed,
): Promise<readonly Tensor[]> {
  if (inputs.length !== program.inputs) {
    throw new StarlingError(
      'wrong-inputs',
      `Cannot run a program: need ${program.inputs} input leaves, got ${inputs.length}`,
    );
  }
  const registers: Tensor[] = inputs.slice();
  for (const instruction of program.instructions) {
    try {
      const results = execute(instruction, registers, run, seed);
      const tensors = results instanceof Promise ? await results : results;
      for (const tensor of tensors) registers.push(tensor);
    } catch (error) {
      throw error instanceof StarlingError ? error : callFailure(instruction, error);
    }
  }
  return outputsOf(program, registers);
}

/** A constant leaves as a copy: what becomes of an output is not known here, and the plan keeps its own. */
function outputsOf<G>({ instructions, outputs }: LocalProgram<G>, registers: readonly Tensor[]): Tensor[] {
  const tensors = read(registers, outputs);
  for (const instruction of instructions) {
    if (instruction.op !== 'constant') continue;
    for (let index = 0; index < tensors.length; index++) {
      if (tensors[index] === instruction.value) tensors[index] = copyTensor(instruction.value);
    }
  }
  return tensors;
}

function execute<G>(
  instruction: Instruction<G>,
  registers: readonly Tensor[],
  run: GraphRunner<G>,
  seed: Seed,
): MaybePromise<readonly Tensor[]> {
  switch (instruction.op) {
    case 'constant':
      return [instruction.value];
    case 'call':
      return run(instruction.graph, read(registers, instruction.inputs), deriveSeed(seed, instruction.salt));
    case 'reduce':
      return fold(instruction, registers, run, seed);
    case 'map': {
      const columns = read(registers, instruction.sequence);
      return mapElements(columns[0]?.shape[0] ?? 0, instruction.result, (index) =>
        run(
          instruction.graph,
          columns.map((column) => elementAt(column, index)),
          deriveSeed(seed, instruction.salt, index),
        ),
      );
    }
    case 'sum':
      return sumElements(read(registers, instruction.sequence), instruction.element);
    case 'select':
      return select(instruction, registers, run, seed);
    case 'random': {
      const draw = generator(deriveSeed(seed, instruction.salt)).uniform();
      return [{ dtype: 'float64', shape: [], data: Float64Array.of(draw) }];
    }
  }
}

async function fold<G>(
  { graph, sequence, initial, salt }: Extract<Instruction<G>, { op: 'reduce' }>,
  registers: readonly Tensor[],
  run: GraphRunner<G>,
  seed: Seed,
): Promise<readonly Tensor[]> {
  const columns = read(registers, sequence);
  const length = columns[0]?.shape[0] ?? 0;
  let state: readonly Tensor[] = read(registers, initial);
  for (let index = 0; index < length; index++) {
    const element = columns.map((column) => elementAt(column, index));
    state = await run(graph, [...state, ...element], deriveSeed(seed, salt, index));
  }
  return state;
}

async function select<G>(
  { graph, inputs, keys, keyBound, result, salt }: Extract<Instruction<G>, { op: 'select' }>,
  registers: readonly Tensor[],
  run: GraphRunner<G>,
  seed: Seed,
): Promise<readonly Tensor[]> {
  const served = read(registers, inputs);
  const wanted = registers[keys]!;
  for (const key of wanted.data as Int32Array) {
    if (key < 0 || key >= keyBound) throw keyOutOfRange(key, keyBound);
  }
  return mapElements(wanted.data.length, result, (index) =>
    run(graph, [...served, elementAt(wanted, index)], deriveSeed(seed, salt, index)),
  );
}

/** The leaves of `length` results, stacked. */
async function mapElements(
  length: number,
  result: readonly TensorType[],
  call: (index: number) => MaybePromise<readonly Tensor[]>,
): Promise<readonly Tensor[]> {
  const rows: (readonly Tensor[])[] = [];
  for (let index = 0; index < length; index++) rows.push(await call(index));
  return result.map((type, leaf) =>
    stackTensors(
      type,
      rows.map((row) => row[leaf]!),
    ),
  );
}

function sumElements(columns: readonly Tensor[], element: readonly TensorType[]): readonly Tensor[] {
  const sums = zeroSums(element);
  const length = columns[0]?.shape[0] ?? 0;
  for (let index = 0; index < length; index++) {
    addLeaves(
      sums,
      columns.map((column) => elementAt(column, index)),
      1,
    );
  }
  return castLeaves('federatedSequenceSum', element, sums).leaves;
}

function read(registers: readonly Tensor[], wanted: readonly Register[]): Tensor[] {
  const tensors = new Array<Tensor>(wanted.length);
  for (let index = 0; index < wanted.length; index++) tensors[index] = registers[wanted[index]!]!;
  return tensors;
}
