// What the start and the step of an aggregation return: values at the server. Raw numbers and records are what a user
// writes in their place, and meet the intrinsic that makes one of them.
import { SymbolicValue } from '@starling/federated-core';
import { type Check, isPlain, ofKind } from '@starling/federated-core/plan';

/** One value at the server. */
export const serverValue: Check = ofKind({ need: 'a value at the server', fits: isAtServer, advice });

/** One, or several in records and lists. */
export const serverValues: Check = ofKind({ need: 'a value at the server', fits: areAtServer, advice });

function isAtServer(value: unknown): boolean {
  if (!(value instanceof SymbolicValue)) return false;
  return value.type.kind === 'federated' && value.type.placement === 'SERVER';
}

function areAtServer(value: unknown): boolean {
  const parts = partsOf(value);
  return parts === null ? isAtServer(value) : parts.length > 0 && parts.every(areAtServer);
}

/** The members of a record or list; null for anything else. */
function partsOf(value: unknown): readonly unknown[] | null {
  if (Array.isArray(value)) return value;
  return typeof value === 'object' && value !== null && isPlain(value) ? Object.values(value) : null;
}

function advice(value: unknown): string | null {
  if (value instanceof Promise || typeof value === 'function') return null;
  if (value instanceof SymbolicValue) return 'Aggregate it, such as by federatedSum';
  if (partsOf(value)?.some((part) => part instanceof SymbolicValue))
    return 'Join values of the server: federatedZip({ … })';
  const isNothing = value === undefined || value === null || partsOf(value)?.length === 0;
  return isNothing
    ? "Nothing, at the server, is federatedValue({}, 'SERVER', struct({}))"
    : "Make one of a constant: federatedValue(…, 'SERVER')";
}
