// What the parts of a learning process have created, read for the types that the next part needs.
import type { FederatedComputation, MeasuredProcess, Placement, Type } from '@starling/federated-core';
import { formatType } from '@starling/federated-core';
import { checkKind, optionError } from '@starling/federated-core/plan';

interface Named {
  readonly name: string;
}

/** `process`; throws a `RangeError` unless it is what `maker` makes. */
export function created({ name }: Named, maker: string, process: MeasuredProcess): MeasuredProcess {
  checkKind('Cannot compose a learning process', `what create of ${name} returns`, process, {
    need: `a measured process, which ${maker}(…) makes`,
    fits: (value) => (value as { readonly kind?: unknown } | null | undefined)?.kind === 'measured-process',
  });
  return process;
}

/** The member of what `next` of a part returns at `path`; throws a `RangeError` unless it is at `placement`. */
export function memberAt(
  { name }: Named,
  { next }: { readonly next: FederatedComputation },
  path: readonly string[],
  placement: Placement,
): Type {
  const found = path.reduce<Type | undefined>(
    (type, field) =>
      type?.kind === 'struct' ? (type.elements as { readonly [name: string]: Type })[field] : undefined,
    next.type.result,
  );
  if (found?.kind === 'federated' && found.placement === placement) return found.member;
  throw optionError(
    `Cannot compose a learning process: next of ${name} must return ${path.join('.')} as one value at ${placement}, got ${formatType(next.type.result)}`,
  );
}

/**
 * What `next` of a client work takes of what the clients hold, by name: its parameters other than states and weights.
 */
export function clientTypes({ initializeClient, next }: MeasuredProcess): { readonly [name: string]: Type } {
  const others = ['state', 'weights', ...(initializeClient === undefined ? [] : ['clientState'])];
  const held = next.parameters.filter(({ name }) => !others.includes(name as string));
  return Object.fromEntries(held.map(({ name, type }) => [name as string, type]));
}
