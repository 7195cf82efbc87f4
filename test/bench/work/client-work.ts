// The local computation that a client runs in a round of a process, found in the process as it was traced.
import type { LocalComputation } from '@starling/federated-core';

/** What a client of the process computes; throws where there is none. */
export function clientWork(process: { readonly next: unknown }): LocalComputation {
  const found = findWork(process.next, new Set());
  if (found === null)
    throw new TypeError("Cannot find a client's work: need a local computation named 'client work'");
  return found;
}

function findWork(value: unknown, seen: Set<unknown>): LocalComputation | null {
  if (typeof value !== 'object' || value === null || seen.has(value) || ArrayBuffer.isView(value))
    return null;
  seen.add(value);
  const local = value as LocalComputation;
  if (local.kind === 'local-computation' && local.name === 'client work') return local;
  for (const part of Object.values(value)) {
    const found = findWork(part, seen);
    if (found) return found;
  }
  return null;
}
