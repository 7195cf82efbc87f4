// From what a population holds to what a plan's clients compute on: the types are checked once, and each client's
// value where it enters, the same on every runtime. Then it goes straight to the leaves of the plan's client input.
import {
  formatType,
  structEntries,
  type Tensor,
  type Type,
  type Value,
  ValueError,
} from '@starling/federated-core';
import { flatten, isAssignable, leafReader, type RoundPlan } from '@starling/federated-core/plan';
import { ClientDataError, PopulationError } from './client-errors.js';

/**
 * Gives the leaves of `plan.clientInput` for a client's value of `dataType`. The plan may ask for the value as
 * it is, for some of its fields by name, or, by one parameter of any name, for the value whole. Throws a
 * `PopulationError` if `dataType` holds none of these.
 *
 * What it gives back throws a `ClientDataError` for a value that is not of `dataType`, such as a dataset with a column
 * longer or shorter than its `length`. That check reads shapes, bools and strings, and no numbers, of which any amount
 * costs the same.
 */
export function clientArgument(
  plan: Pick<RoundPlan<unknown>, 'name' | 'clientInput'>,
  dataType: Type,
): (value: Value) => readonly Tensor[] {
  const read = leafReader(dataType);
  const choose = chooseLeaves(plan, dataType);
  return (value) => {
    const leaves = readData(read, value);
    return choose === null ? leaves : choose(value);
  };
}

function readData(read: ReturnType<typeof leafReader>, value: Value): readonly Tensor[] {
  try {
    return read(value);
  } catch (cause) {
    if (!(cause instanceof ValueError)) throw cause;
    throw new ClientDataError(cause.message, { cause });
  }
}

/** From a value that is of `dataType`; `null`: all its leaves, as they are. */
function chooseLeaves(
  plan: Pick<RoundPlan<unknown>, 'name' | 'clientInput'>,
  dataType: Type,
): ((value: Value) => readonly Tensor[]) | null {
  const { clientInput } = plan;
  // By the type that is held: the plan may name by positions what is held by names, in the same order.
  if (isAssignable(clientInput, dataType)) return null;
  if (clientInput.kind === 'struct') {
    const wanted = structEntries(clientInput);
    const held = new Map(dataType.kind === 'struct' ? structEntries(dataType) : []);
    const fits = ([name, type]: (typeof wanted)[number]): boolean => {
      const field = held.get(name);
      return name !== null && field !== undefined && isAssignable(type, field);
    };
    if (wanted.every(fits)) return (value) => flatten(clientInput, value);
    const only = wanted.length === 1 ? wanted[0]![1] : null;
    if (only !== null && isAssignable(only, dataType)) return null;
  }
  throw new PopulationError(
    `Cannot run plan '${plan.name}': its clients must hold ${formatType(clientInput)}, got ${formatType(dataType)}`,
  );
}
