// Reads a traced computation for compiling and for evaluating: calls put in place, intrinsics numbered, and the
// round trips it needs. The n-th round trip holds the aggregates whose clients' values depend on n aggregates
// one after another.
import { CompileError } from '../errors/starling-error.js';
import { inlineCalls } from '../expression/call.js';
import {
  childrenOf,
  type Expression,
  type IntrinsicExpression,
  postorder,
} from '../expression/expression.js';
import type { FederatedComputation } from '../expression/federated-computation.js';
import { intrinsicNamed } from '../intrinsics/intrinsics.js';

export interface Analysis {
  /** The body without calls of other computations. */
  readonly body: Expression;
  /** What each call draws its randomness by: unique, and the same for evaluating and compiling. */
  readonly saltOf: ReadonlyMap<Expression, number>;
  readonly roundTrips: readonly RoundTrip[];
}

export interface RoundTrip {
  readonly broadcasts: readonly IntrinsicExpression[];
  readonly aggregates: readonly IntrinsicExpression[];
}

export function analyse(computation: FederatedComputation): Analysis {
  const body = inlineCalls(computation.body);
  const order = postorder(body);
  const saltOf = new Map<Expression, number>();
  const depthOf = new Map<Expression, number>();
  const roundTrips: { broadcasts: IntrinsicExpression[]; aggregates: IntrinsicExpression[] }[] = [];
  const roundTrip = (index: number) => {
    while (roundTrips.length <= index) roundTrips.push({ broadcasts: [], aggregates: [] });
    return roundTrips[index]!;
  };
  for (const expression of order) {
    let depth = Math.max(0, ...childrenOf(expression).map((child) => depthOf.get(child)!));
    if (expression.kind === 'intrinsic') {
      saltOf.set(expression, saltOf.size);
      const { role } = intrinsicNamed(expression.intrinsic);
      if (role === 'broadcast') roundTrip(depth).broadcasts.push(expression);
      if (role === 'aggregate') roundTrip(depth++).aggregates.push(expression);
    }
    depthOf.set(expression, depth);
  }
  return { body, saltOf, roundTrips };
}

/** Throws a `CompileError` unless every part of the result is at the server. */
export function requireServerResult(computation: FederatedComputation, body: Expression): void {
  for (const [path, part] of resultParts(body, 'its result')) {
    if (part.type.kind === 'federated' && part.type.placement === 'SERVER') continue;
    throw new CompileError(
      `Cannot compile ${computation.name}: ${path} must be at SERVER, since what stays with the clients does not outlive the round; aggregate it (federatedSum, federatedMean, federatedCollect, …)`,
    );
  }
}

function resultParts(body: Expression, path: string): (readonly [string, Expression])[] {
  if (body.kind !== 'struct') return [[path, body]];
  const names = Array.isArray(body.type.elements) ? null : Object.keys(body.type.elements);
  return body.elements.flatMap((element, index) =>
    resultParts(element, `${names?.[index] ?? `part ${index}`} of ${path}`),
  );
}
