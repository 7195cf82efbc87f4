// Clients of another population whose data is changed when it is loaded: what skewed and attacked populations have in
// common.
import { structEntries, type Type, type Value } from '@starling/federated-core';
import { fingerprintOf } from './fingerprint.js';
import type { Fingerprint, Population } from './population.js';
import { withoutHabits } from './without-habits.js';

export interface ChangedPopulationParts {
  readonly name: string;
  readonly dataType: Type;
  /** The same whenever a client's data is loaded; `value` itself is left as it is. */
  readonly change: (value: Value, index: number) => Value;
  /** What tells this change from another. */
  readonly declared: Fingerprint;
}

/** The clients of `population` with the same names and numbers of examples; its fingerprint is part of theirs. */
export function changedPopulation(
  population: Population,
  { name, dataType, change, declared }: ChangedPopulationParts,
): Population {
  const changed = {
    name,
    size: population.size,
    dataType,
    clientId: (index: number) => population.clientId(index),
    exampleCount: (index: number) => population.exampleCount(index),
    load: (index: number) => {
      const value = population.load(index);
      return value instanceof Promise
        ? value.then((there: Value) => change(there, index))
        : change(value, index);
    },
    dataAtHand: population.dataAtHand ?? true,
  };
  return withoutHabits({
    ...changed,
    fingerprint: async () => {
      const of = JSON.stringify(await population.fingerprint());
      return fingerprintOf(changed, { ...declared, of });
    },
  });
}

/** The type of field `column` of the structs in the sequence `data`; undefined if there is none. */
export function columnType(type: Type, data: string, column: string): Type | undefined {
  const examples = fieldOf(type, data);
  return examples?.kind === 'sequence' ? fieldOf(examples.element, column) : undefined;
}

function fieldOf(type: Type, name: string): Type | undefined {
  if (type.kind !== 'struct') return undefined;
  return structEntries(type).find(([field]) => field === name)?.[1];
}
