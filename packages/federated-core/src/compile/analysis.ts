// Reads a traced computation for compiling and for evaluating: calls put in place, intrinsics numbered, and the
// round trips it needs. The n-th round trip holds the aggregates whose clients' values depend on n aggregates, or
// selections, one after another; and the keys that clients send for selections of later round trips.

import { MAX_KEYS } from '../aggregations/select-keys.js';
import { inlineCalls } from '../computations/call.js';
import type { FederatedComputation } from '../computations/federated-computation.js';
import { atLocation, sourceLocation } from '../errors/source-location.js';
import { CompileError } from '../errors/starling-error.js';
import {
  childrenOf,
  type Expression,
  type IntrinsicExpression,
  postorder,
} from '../expression/expression.js';
import type { AggregateIntrinsic, IntrinsicDefinition } from '../intrinsics/framework/definition.js';
import { settingsOf } from '../intrinsics/framework/settings.js';
import { updateType } from '../intrinsics/framework/updates.js';
import { intrinsicNamed } from '../intrinsics/intrinsics.js';
import { selectSettings } from '../intrinsics/moves/federated-select.js';
import { formatType } from '../types/format.js';
import { leafTypes } from '../types/leaves.js';
import type { Type } from '../types/types.js';

export interface Analysis {
  /** The body without calls of other computations. */
  readonly body: Expression;
  /** What each call draws its randomness by: unique, and the same for evaluating and compiling. */
  readonly saltOf: ReadonlyMap<Expression, number>;
  readonly roundTrips: readonly RoundTrip[];
  /** By how many round trips a value comes after the first broadcast. */
  readonly depthOf: ReadonlyMap<Expression, number>;
}

export interface RoundTrip {
  readonly keys: readonly KeyUpload[];
  readonly aggregates: readonly IntrinsicExpression[];
}

/** Keys that each client sends: once, when several selections go by the same. */
export interface KeyUpload {
  readonly keys: Expression;
  readonly keyBound: number;
  /** How many a client may have. */
  readonly maxKeys: number;
  readonly selects: readonly IntrinsicExpression[];
}

export function analyse(computation: FederatedComputation): Analysis {
  const body = inlineCalls(computation.body);
  const order = postorder(body);
  const saltOf = new Map<Expression, number>();
  const depthOf = new Map<Expression, number>();
  const roundTrips: { keys: KeyUpload[]; aggregates: IntrinsicExpression[] }[] = [];
  const roundTrip = (index: number) => {
    while (roundTrips.length <= index) roundTrips.push({ keys: [], aggregates: [] });
    return roundTrips[index]!;
  };
  for (const expression of order) {
    let depth = Math.max(0, ...childrenOf(expression).map((child) => depthOf.get(child)!));
    if (expression.kind === 'intrinsic') {
      saltOf.set(expression, saltOf.size);
      const role = roleOf(expression);
      if (role === 'aggregate') roundTrip(depth++).aggregates.push(expression);
      if (role === 'select') {
        const keysDepth = depthOf.get(expression.arguments[0]!)!;
        upload(roundTrip(keysDepth).keys, expression);
        depth = Math.max(depth, keysDepth + 1);
      }
    }
    depthOf.set(expression, depth);
  }
  return { body, saltOf, roundTrips, depthOf };
}

function roleOf({ intrinsic }: IntrinsicExpression): IntrinsicDefinition['role'] {
  return intrinsicNamed(intrinsic).role;
}

function upload(uploads: KeyUpload[], select: IntrinsicExpression): void {
  const keys = select.arguments[0]!;
  const { keyBound, maxKeys: most } = settingsOf(select, selectSettings);
  const maxKeys = most ?? leafTypes(keys.type)[0]!.shape[0] ?? MAX_KEYS;
  const index = uploads.findIndex(
    (each) => isSame(each.keys, keys) && each.keyBound === keyBound && each.maxKeys === maxKeys,
  );
  const selects = [...(uploads[index]?.selects ?? []), select];
  uploads.splice(index < 0 ? uploads.length : index, 1, { keys, keyBound, maxKeys, selects });
}

/** Whether two expressions are one value: the same, or the same field of it. */
function isSame(a: Expression, b: Expression): boolean {
  if (a === b) return true;
  if (a.kind !== 'selection' || b.kind !== 'selection') return false;
  return a.index === b.index && isSame(a.source, b.source);
}

/** What clients take from the server to compute `wanted`: the broadcasts and selections that they are made of. */
export function takenFromServer(wanted: readonly Expression[]): {
  readonly broadcasts: ReadonlySet<Expression>;
  readonly selects: ReadonlySet<Expression>;
} {
  const broadcasts = new Set<Expression>();
  const selects = new Set<Expression>();
  const seen = new Set<Expression>();
  const visit = (expression: Expression): void => {
    if (seen.has(expression)) return;
    seen.add(expression);
    const role = expression.kind === 'intrinsic' ? roleOf(expression) : 'pointwise';
    if (role === 'broadcast') broadcasts.add(expression);
    else if (role === 'select') selects.add(expression);
    else for (const child of childrenOf(expression)) visit(child);
  };
  for (const each of wanted) visit(each);
  return { broadcasts, selects };
}

/** The updates that are summed, which lanes are sized by; keys are not. */
export function updateTypes({ aggregates }: RoundTrip): readonly Type[] {
  return aggregates.map((one) => updateType(one, intrinsicNamed(one.intrinsic) as AggregateIntrinsic));
}

/** Throws a `CompileError` unless every part of the result is at the server. */
export function requireServerResult(computation: FederatedComputation, body: Expression): void {
  for (const [path, part] of resultParts(body, 'its result')) {
    if (part.type.kind === 'federated' && part.type.placement === 'SERVER') continue;
    const location = part.kind === 'intrinsic' ? part.location : null;
    throw new CompileError(
      `Cannot compile ${computation.name}: ${path} must be at SERVER, since what stays with the clients does not outlive the round; aggregate it (federatedSum, federatedMean, federatedCollect, …), got ${formatType(part.type)}${atLocation(location ?? sourceLocation())}`,
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
