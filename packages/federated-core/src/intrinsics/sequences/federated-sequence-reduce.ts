// `federatedSequenceReduce`: folds each member's dataset, element by element.
import type { LocalExpression } from '../../expression/expression.js';
import type { PlacedResult, PlacedValue, PlacementIn } from '../../expression/placed-values.js';
import { SymbolicValue } from '../../expression/symbolic-value.js';
import type { LocalComputation } from '../../program/local-computation.js';
import { deriveSeed } from '../../random/seed.js';
import { leafCount } from '../../types/leaves.js';
import type { SequenceType, Type } from '../../types/types.js';
import { elementAt } from '../../values/stack.js';
import type { Tensor } from '../../values/tensor.js';
import { applyIntrinsic, firstParameter } from '../framework/apply.js';
import type { PointwiseIntrinsic } from '../framework/definition.js';
import { literal } from '../framework/literal.js';
import { federatedValueDefinition } from '../pointwise/federated-value.js';

export const federatedSequenceReduceDefinition: PointwiseIntrinsic = {
  name: 'federatedSequenceReduce',
  usage: 'federatedSequenceReduce(sequence, initial, operator)',
  role: 'pointwise',
  summary: 'Folds the elements of each member’s dataset into a state, in order.',
  signatures: [
    '(<{T*}@CLIENTS,{U}@CLIENTS,(<U,T> -> U)> -> {U}@CLIENTS)',
    '(<T*@SERVER,U@SERVER,(<U,T> -> U)> -> U@SERVER)',
  ],
  edgeCases: 'An empty dataset: the initial state.',
  emit(program, call, [sequence, initial], salt) {
    const graph = (call.arguments[2] as LocalExpression).computation;
    const outputs = leafCount(graph.type.result);
    return program.add({ op: 'reduce', graph, sequence: sequence!, initial: initial!, salt }, outputs);
  },
  async evaluate(call, [sequence, initial], { run, seed }) {
    const { computation } = call.arguments[2] as LocalExpression;
    let state: readonly Tensor[] = initial!;
    for (let index = 0; index < sequence![0]!.shape[0]!; index++) {
      const element = sequence!.map((column) => elementAt(column, index));
      state = await run(computation, [...state, ...element], deriveSeed(seed, index));
    }
    return state;
  },
};

/**
 * The state after `operator` (<state, element> → state) has taken every element of each member's dataset,
 * starting from `initial`: a plain value, or one of the same placement. It calls the engine once an element;
 * within a local computation, compute's `sequenceReduce` is one call a dataset.
 */
export function federatedSequenceReduce<R extends Type, V extends PlacedValue<SequenceType>, I>(
  value: V,
  initial: BesideDataset<V, I>,
  operator: LocalComputation<Type | null, R>,
): PlacedResult<R, { value: V; initial: I }>;
export function federatedSequenceReduce(
  value: SymbolicValue,
  initial: unknown,
  operator: LocalComputation,
): SymbolicValue {
  return applyIntrinsic(federatedSequenceReduceDefinition, [
    value,
    startOf(initial, value, operator),
    operator,
  ]);
}

/** An initial value: plain, or in the place of the dataset. */
type BesideDataset<V, I> =
  'CLIENTS' | 'SERVER' extends PlacementIn<[V, I]>
    ? 'need a plain initial value, or one in the place of the dataset'
    : I;

/** A plain initial value takes the placement of the dataset, and its type from the first parameter of `operator`. */
function startOf(initial: unknown, value: SymbolicValue, operator: LocalComputation): SymbolicValue {
  if (initial instanceof SymbolicValue) return initial;
  const placed = value instanceof SymbolicValue && value.type.kind === 'federated' ? value.type : null;
  const { name } = federatedSequenceReduceDefinition;
  const constant = literal(`apply ${name}`, 'its initial value', initial, firstParameter(operator));
  return applyIntrinsic(federatedValueDefinition, [constant], { placement: placed?.placement ?? 'CLIENTS' });
}
