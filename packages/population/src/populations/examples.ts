// How many examples a client's value holds: what populations that are not told otherwise answer.
import { type Dataset, structEntries, type Type, type Value } from '@starling/federated-core';

/** The length of the longest dataset in a value of type `type`; 0 if there is none. */
export function countExamples(type: Type, value: Value): number {
  if (typeof value !== 'object' || value === null) return 0; // bad data is refused where it is loaded
  if (type.kind === 'sequence') return (value as Dataset).length;
  if (type.kind !== 'struct') return 0;
  const fields = value as { readonly [name: string]: Value };
  return structEntries(type).reduce(
    (most, [name, field], index) => Math.max(most, countExamples(field, fields[name ?? index] as Value)),
    0,
  );
}

/** Whether values of a type hold a dataset. */
export function hasExamples(type: Type): boolean {
  if (type.kind === 'sequence') return true;
  return type.kind === 'struct' && structEntries(type).some(([, field]) => hasExamples(field));
}
