// `federatedSequenceMap`: a local computation on each element of each member's dataset.
import type { LocalExpression } from '../../expression/expression.js';
import type { ElementOf, PlacedResult, PlacedValue } from '../../expression/placed-values.js';
import type { SymbolicValue } from '../../expression/symbolic-value.js';
import type { LocalComputation } from '../../program/local-computation.js';
import { deriveSeed } from '../../random/seed.js';
import { leafCount, leafTypes } from '../../types/leaves.js';
import type { SequenceType, Type } from '../../types/types.js';
import { elementAt } from '../../values/stack.js';
import type { Tensor } from '../../values/tensor.js';
import { applyIntrinsic } from '../framework/apply.js';
import type { PointwiseIntrinsic } from '../framework/definition.js';
import { referenceStack } from '../framework/reference.js';
import type { Fitting } from '../framework/requirements.js';

export const federatedSequenceMapDefinition: PointwiseIntrinsic = {
  name: 'federatedSequenceMap',
  usage: 'federatedSequenceMap(local, sequence)',
  role: 'pointwise',
  summary: 'Applies a local computation to each element of each member’s dataset.',
  signatures: ['(<(T -> U),{T*}@CLIENTS> -> {U*}@CLIENTS)', '(<(T -> U),T*@SERVER> -> U*@SERVER)'],
  where: { U: 'tensors' },
  edgeCases: 'An empty dataset: an empty dataset. All results must be of one shape.',
  emit(program, call, [, sequence], salt) {
    const { computation: graph } = call.arguments[0] as LocalExpression;
    const result = leafTypes(graph.type.result);
    return program.add({ op: 'map', graph, sequence: sequence!, result, salt }, leafCount(graph.type.result));
  },
  async evaluate(call, [, sequence], { run, seed }) {
    const { computation } = call.arguments[0] as LocalExpression;
    const results: (readonly Tensor[])[] = [];
    for (let index = 0; index < sequence![0]!.shape[0]!; index++) {
      const element = sequence!.map((column) => elementAt(column, index));
      results.push(await run(computation, element, deriveSeed(seed, index)));
    }
    return referenceStack(leafTypes(computation.type.result), results);
  },
};

/** `local` applied to each element: `{T*}@CLIENTS` becomes `{U*}@CLIENTS`. It calls the engine once an element. */
export function federatedSequenceMap<
  P extends Type | null,
  R extends Type,
  V extends PlacedValue<SequenceType>,
>(local: LocalComputation<P, R>, value: Fitting<P, ElementOf<V>, V>): PlacedResult<SequenceType<R>, V>;
export function federatedSequenceMap(local: LocalComputation, value: SymbolicValue): SymbolicValue {
  return applyIntrinsic(federatedSequenceMapDefinition, [local, value]);
}
