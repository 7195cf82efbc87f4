// From what a population holds to what a plan's clients compute on: checked once by types, then a client's
// value goes straight to the leaves of the plan's client input.
import {
  flatten,
  formatType,
  isAssignable,
  type RoundPlan,
  structEntries,
  type Tensor,
  type Type,
  type Value,
} from '@starling/federated-core';
import { PopulationError } from '../errors.js';

/**
 * Gives the leaves of `plan.clientInput` for a client's value of `dataType`. The plan may ask for the value as
 * it is, for some of its fields by name, or, by one parameter of any name, for the value whole. Throws a
 * `PopulationError` where `dataType` holds none of these.
 */
export function clientArgument(
  plan: Pick<RoundPlan<unknown>, 'name' | 'clientInput'>,
  dataType: Type,
): (value: Value) => readonly Tensor[] {
  const { clientInput } = plan;
  if (isAssignable(clientInput, dataType)) return (value) => flatten(clientInput, value);
  if (clientInput.kind === 'struct') {
    const wanted = structEntries(clientInput);
    const held = new Map(dataType.kind === 'struct' ? structEntries(dataType) : []);
    const fits = ([name, type]: (typeof wanted)[number]): boolean => {
      const field = held.get(name);
      return name !== null && field !== undefined && isAssignable(type, field);
    };
    if (wanted.every(fits)) return (value) => flatten(clientInput, value);
    const only = wanted.length === 1 ? wanted[0]![1] : null;
    if (only !== null && isAssignable(only, dataType)) return (value) => flatten(only, value);
  }
  throw new PopulationError(
    `Cannot run plan '${plan.name}': its clients must hold ${formatType(clientInput)}, got ${formatType(dataType)}`,
  );
}
