import { describe, expect, test } from 'vitest';
import { RejectedUpdateError } from '../errors/starling-error.js';
import { generator } from '../random/generator.js';
import { deriveSeed, type Seed } from '../random/seed.js';
import { float32 } from '../types/types.js';
import { type Tensor, tensor } from '../values/tensor.js';
import type { Instruction } from './program.js';
import { type GraphRunner, runProgram } from './run-program.js';

const seed: Seed = [1, 2];
const scalar = (value: number): Tensor => tensor('float32', [], Float32Array.of(value));
const numbers = ({ data }: Tensor): readonly unknown[] => Array.from(data as ArrayLike<number>);
/** Graph `add` adds its arguments; `seed` gives the low word of its seed. */
const run: GraphRunner<'add' | 'seed'> = (graph, argument, given) =>
  graph === 'seed'
    ? [tensor('float64', [], Float64Array.of(given[0]))]
    : [scalar(argument.reduce((sum, { data }) => sum + Number(data[0]), 0))];

const outputOf = async (
  inputs: readonly Tensor[],
  ...instructions: readonly Instruction<'add' | 'seed'>[]
): Promise<readonly unknown[]> => {
  const program = { inputs: inputs.length, instructions, outputs: [inputs.length + instructions.length - 1] };
  return numbers((await runProgram(program, inputs, run, seed))[0]!);
};

describe('runProgram', () => {
  test('`runProgram` gives inputs through when a program has no instructions', async () => {
    const input = scalar(3);
    expect(await runProgram({ inputs: 1, instructions: [], outputs: [0, 0] }, [input], run, seed)).toEqual([
      input,
      input,
    ]);
  });

  test('`runProgram` appends the result of each instruction as the next register', async () => {
    const constant = { op: 'constant', value: scalar(10) } as const;
    const call = { op: 'call', graph: 'add', inputs: [0, 1], outputs: 1, salt: 0 } as const;
    // Register 1 is the constant, register 2 the sum.
    expect(await outputOf([scalar(3)], constant, call)).toEqual([13]);
  });

  test('`runProgram` folds, maps and sums the elements of a dataset in order', async () => {
    const column = tensor('float32', [3], Float32Array.of(1, 2, 4));
    const reduce = { op: 'reduce', graph: 'add', sequence: [0], initial: [1], salt: 0 } as const;
    expect(await outputOf([column, scalar(100)], reduce)).toEqual([107]);
    const map = { op: 'map', graph: 'add', sequence: [0], result: [float32()], salt: 0 } as const;
    expect(await outputOf([column], map)).toEqual([1, 2, 4]);
    expect(await outputOf([column], { op: 'sum', sequence: [0], element: [float32()] })).toEqual([7]);
  });

  test('`runProgram` gives each call the seed of its salt, and each element one of its own', async () => {
    const [low] = deriveSeed(seed, 7);
    expect(await outputOf([], { op: 'call', graph: 'seed', inputs: [], outputs: 1, salt: 7 })).toEqual([low]);
    const column = tensor('float32', [2], new Float32Array(2));
    const map = {
      op: 'map',
      graph: 'seed',
      sequence: [0],
      result: [{ ...float32(), dtype: 'float64' }],
      salt: 7,
    } as const;
    expect(await outputOf([column], map)).toEqual([deriveSeed(seed, 7, 0)[0], deriveSeed(seed, 7, 1)[0]]);
    expect(await outputOf([], { op: 'random', salt: 7 })).toEqual([generator(deriveSeed(seed, 7)).uniform()]);
  });

  test('`runProgram` selects a slice for each key, and refuses the update when one is out of range', async () => {
    const keys = (...wanted: number[]): Tensor => tensor('int32', [wanted.length], Int32Array.from(wanted));
    const select = {
      op: 'select',
      graph: 'add',
      inputs: [0],
      keys: 1,
      keyBound: 3,
      result: [float32()],
      salt: 0,
    } as const;
    expect(await outputOf([scalar(100), keys(2, 0, 2)], select)).toEqual([102, 100, 102]);
    expect(await outputOf([scalar(100), keys()], select)).toEqual([]);
    for (const key of [3, -1]) {
      const refused = outputOf([scalar(100), keys(0, key)], select);
      await expect(refused).rejects.toThrow(RejectedUpdateError);
      await expect(refused).rejects.toThrow(`Cannot select slice ${key}: keys must be from 0 to 2`);
    }
  });

  test('`runProgram` refuses inputs of another number', async () => {
    const program = { inputs: 2, instructions: [], outputs: [0] };
    await expect(runProgram(program, [scalar(1)], run, seed)).rejects.toThrow('need 2 input leaves, got 1');
  });
});
