// The expression tree that tracing gives and compiling cuts into a plan: plain data, shared where the
// user used one value twice. Each kind of node is here; what intrinsics mean is in intrinsics/.

import type { Settings } from '../aggregations/settings.js';
import type { LocalComputation } from '../program/local-computation.js';
import type { FunctionType, StructType, Type } from '../types/types.js';
import type { Tensor } from '../values/tensor.js';

/** A parameter of the enclosing computation; `name` is null when it has one parameter without a name. */
export interface ParameterExpression {
  readonly kind: 'parameter';
  readonly name: string | null;
  readonly type: Type;
}

/** A constant without placement, as leaves. */
export interface LiteralExpression {
  readonly kind: 'literal';
  readonly leaves: readonly Tensor[];
  readonly type: Type;
}

/** A local computation as an argument of an intrinsic. */
export interface LocalExpression {
  readonly kind: 'local';
  readonly computation: LocalComputation;
  readonly type: FunctionType;
}

/** Several values side by side, each with its own placement: what a computation returns. */
export interface StructExpression {
  readonly kind: 'struct';
  readonly elements: readonly Expression[];
  readonly type: StructType;
}

/** One field of a struct, or, of a federated value, that field of every member. */
export interface SelectionExpression {
  readonly kind: 'selection';
  readonly source: Expression;
  readonly index: number;
  readonly type: Type;
}

/** A traced computation as a call holds it; `FederatedComputation` says its types in TypeScript, too. */
export interface TracedComputation {
  readonly kind: 'federated-computation';
  readonly name: string;
  readonly type: FunctionType;
  readonly parameters: readonly ParameterExpression[];
  readonly body: Expression;
}

/** A call of another federated computation; arguments in the order of its parameters. */
export interface CallExpression {
  readonly kind: 'call';
  readonly computation: TracedComputation;
  readonly arguments: readonly Expression[];
  readonly type: Type;
  readonly location: string | null;
}

export interface IntrinsicExpression {
  readonly kind: 'intrinsic';
  /** A key of the table `intrinsics`. */
  readonly intrinsic: string;
  readonly arguments: readonly Expression[];
  readonly settings: IntrinsicSettings;
  readonly type: Type;
  /** Where the user wrote it: `file:line:column`. */
  readonly location: string | null;
}

export interface IntrinsicSettings {
  /** Leaves of the result when it is undefined: no clients, no weight. */
  readonly ifEmpty?: readonly Tensor[];
  /** The placement of the result, of intrinsics that leave the choice. */
  readonly placement?: 'CLIENTS' | 'SERVER';
  /** Field names of a zip; null zips by position. */
  readonly names?: readonly string[] | null;
  /** What the intrinsic takes by its `settings`, such as `maxInput`. */
  readonly numbers?: Settings;
}

export type Expression =
  | ParameterExpression
  | LiteralExpression
  | LocalExpression
  | StructExpression
  | SelectionExpression
  | CallExpression
  | IntrinsicExpression;

/** What an expression reads, in order. */
export function childrenOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'parameter':
    case 'literal':
    case 'local':
      return [];
    case 'struct':
      return expression.elements;
    case 'selection':
      return [expression.source];
    case 'call':
    case 'intrinsic':
      return expression.arguments;
  }
}

/** All expressions below and including `root`, each once, what is read before what reads it. */
export function postorder(root: Expression): readonly Expression[] {
  const seen = new Set<Expression>();
  const order: Expression[] = [];
  const visit = (expression: Expression): void => {
    if (seen.has(expression)) return;
    seen.add(expression);
    for (const child of childrenOf(expression)) visit(child);
    order.push(expression);
  };
  visit(root);
  return order;
}
