// The leaves of a state as a user gets them: a list, which says where the fields are to whom reads it by their names.
import { structEntries, type Type } from '@starling/federated-core';
import { optionError } from '@starling/federated-core/plan';
import type { Leaves } from '@starling/plan/runner';

/** The same leaves in a list of their own. A field of `type` that is read of it throws a `RangeError`. */
export function listOfLeaves(type: Type, leaves: Leaves): Leaves {
  const list = [...leaves];
  const fields = type.kind === 'struct' ? structEntries(type) : [];
  for (const [name] of fields) {
    if (name === null || name in list) continue; // such as map, which a list has
    Object.defineProperty(list, name, {
      configurable: true,
      get() {
        throw optionError(
          `Cannot read '${name}' of state: need the number of a leaf, such as state[0], got '${name}'. The fields are in stateValue: stateValue.${name}`,
        );
      },
    });
  }
  return list;
}
