// A step of a client's work in a few numbers, such as its loss and how far it moved the weights: made of what any
// reduction carries from step to step, with no knowledge of the algorithm.
import type { EagerStep } from '@starling/compute/eager';
import { sizeOf } from '@starling/federated-core/plan';
import { normOf, numbersOf } from './compare-leaves.js';

export interface StepRow {
  readonly computation: string;
  readonly reduction: number;
  /** From 1. */
  readonly step: number;
  readonly steps: number;
  /** Rows of the dataset that it took. */
  readonly rows: number;
  /**
   * The numbers of the state by name: a sum that stands beside `examples` as the mean over the step's own examples, any
   * other as it is after the step.
   */
  readonly numbers: readonly NamedNumber[];
  /** By the field of the state: the Euclidean norm of the change of its tensors. */
  readonly moved: readonly NamedNumber[];
}

export type NamedNumber = readonly [name: string, value: number];

export function stepRow({ computation, reduction, step, steps, rows, state }: EagerStep): StepRow {
  const scalars = state.filter(({ after }) => sizeOf(after.shape) === 1 && after.dtype !== 'string');
  const tensors = state.filter((leaf) => !scalars.includes(leaf) && leaf.after.dtype !== 'string');
  return {
    computation,
    reduction,
    step,
    steps,
    rows: rows.length,
    numbers: scalars.flatMap((leaf) => numberOf(leaf, scalars)),
    moved: movedBy(tensors),
  };
}

type StateLeaf = EagerStep['state'][number];

/** None of a count of examples: `rows` has it. */
function numberOf(leaf: StateLeaf, scalars: readonly StateLeaf[]): readonly NamedNumber[] {
  const [, parent = '', name = leaf.path] = /^(.*\.)?([^.]*)$/.exec(leaf.path) ?? [];
  const examples = scalars.find(({ path }) => path === `${parent}examples`);
  if (examples === leaf) return [];
  if (examples === undefined) return [[leaf.path, first(leaf.after)]];
  return [[name, added(leaf) / added(examples)]];
}

function added({ before, after }: StateLeaf): number {
  return first(after) - first(before);
}

function first(tensor: StateLeaf['after']): number {
  return numbersOf(tensor)[0]!;
}

function movedBy(tensors: readonly StateLeaf[]): readonly NamedNumber[] {
  const squares = new Map<string, number>();
  for (const { path, before, after } of tensors) {
    const field = path.split('.')[0]!;
    const [from, to] = [numbersOf(before), numbersOf(after)];
    const change = Float64Array.from(from, (number, index) => to[index]! - number);
    squares.set(field, (squares.get(field) ?? 0) + normOf(change) ** 2);
  }
  return [...squares].map(([field, square]) => [field, Math.sqrt(square)]);
}
