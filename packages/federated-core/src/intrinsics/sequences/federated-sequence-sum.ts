// `federatedSequenceSum`: the sum of the elements of each member's dataset.
import type { ElementOf, PlacedResult, PlacedValue } from '../../expression/placed-values.js';
import type { SymbolicValue } from '../../expression/symbolic-value.js';
import { leafTypes } from '../../types/leaves.js';
import type { SequenceType } from '../../types/types.js';
import { elementAt } from '../../values/stack.js';
import { applyIntrinsic } from '../framework/apply.js';
import type { PointwiseIntrinsic } from '../framework/definition.js';
import { numbersOf, sumOf, tensorOf, zerosOf } from '../framework/reference.js';
import type { Summable } from '../framework/requirements.js';

export const federatedSequenceSumDefinition: PointwiseIntrinsic = {
  name: 'federatedSequenceSum',
  usage: 'federatedSequenceSum(sequence)',
  role: 'pointwise',
  summary: 'Adds up the elements of each member’s dataset.',
  signatures: ['({T*}@CLIENTS -> {T}@CLIENTS)', '(T*@SERVER -> T@SERVER)'],
  where: { T: 'summable' },
  edgeCases:
    'An empty dataset: zeros. An integer sum outside of its element type: a client is left out; at the server the round fails.',
  emit(program, call, [sequence]) {
    const element = leafTypes(call.type);
    return program.add({ op: 'sum', sequence: sequence!, element }, element.length);
  },
  evaluate: async (call, [sequence]) =>
    leafTypes(call.type).map((type, leaf) => {
      const column = sequence![leaf]!;
      const elements = Array.from({ length: column.shape[0]! }, (_, index) =>
        numbersOf(elementAt(column, index)),
      );
      return elements.length === 0 ? zerosOf(type) : tensorOf(type, column.shape.slice(1), sumOf(elements));
    }),
};

/** The sum of the elements of each member's dataset, added in order in float64; zeros when it is empty. */
export function federatedSequenceSum<V extends PlacedValue<SequenceType>>(
  value: V & Summable<ElementOf<V>>,
): PlacedResult<ElementOf<V>, V>;
export function federatedSequenceSum(value: SymbolicValue): SymbolicValue {
  return applyIntrinsic(federatedSequenceSumDefinition, [value]);
}
