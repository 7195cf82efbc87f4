// The bodies of local computations as they were written, while the computations are in use: what is debugged
// is the user's own code, not the graph that was captured of it.
import type { LocalComputation, Type } from '@starling/federated-core';
import type { TensorStructure } from './recording/structure.js';

export interface WrittenBody {
  readonly parameter: Type | null;
  readonly body: (argument: unknown) => TensorStructure;
}

/** By the graph, which is one object also in copies of the computation. */
const bodies = new WeakMap<object, WrittenBody>();

export function keepBody(graph: object, body: WrittenBody): void {
  bodies.set(graph, body);
}

/** `null` if the computation was not captured in this process, such as one that was loaded. */
export function bodyOf({ body }: LocalComputation): WrittenBody | null {
  return typeof body === 'object' && body !== null ? (bodies.get(body) ?? null) : null;
}
