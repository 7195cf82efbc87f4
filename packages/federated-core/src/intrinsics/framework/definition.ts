// What an intrinsic declares of itself. One table of these (`intrinsics.ts`) drives checking, printing,
// compiling, evaluation and the documentation, so that nothing else has to ask which intrinsic it is.

import type { AggregationKind } from '../../aggregations/aggregations.js';
import type { SettingForms } from '../../aggregations/settings.js';
import type { IntrinsicExpression } from '../../expression/expression.js';
import type { LocalRunner } from '../../program/local-computation.js';
import type { Register } from '../../program/program.js';
import type { ProgramBuilder } from '../../program/program-builder.js';
import type { Seed } from '../../random/seed.js';
import type { Type } from '../../types/types.js';
import type { Tensor } from '../../values/tensor.js';
import type { Constraint } from './constraints.js';

interface Declaration {
  /** As the user writes it. */
  readonly name: string;
  /** How it is called, for documentation; `?` marks what may be left out. */
  readonly usage: string;
  /** One sentence, for documentation. */
  readonly summary: string;
  /** In TFF's notation, with type variables; the first that fits the arguments gives the result. */
  readonly signatures: readonly string[];
  /** What errors call the arguments when the user gives some by name, as options. */
  readonly labels?: readonly string[];
  /** What type variables must be, beyond fitting. */
  readonly where?: Readonly<Record<string, Constraint>>;
  /** What happens when it is undefined, for documentation. */
  readonly edgeCases?: string;
  /** The numbers that a call has (`settings.numbers`), by their forms; those of its aggregation. */
  readonly settings?: SettingForms;
  /** In place of the signatures, when arguments are of any number: the result type, or null when they do not fit. */
  readonly infer?: (
    argumentTypes: readonly Type[],
    call: Pick<IntrinsicExpression, 'settings'>,
  ) => Type | null;
}

/** Each place computes by itself: every client, or the server. Arguments that are functions have no leaves. */
export interface PointwiseIntrinsic extends Declaration {
  readonly role: 'pointwise';
  /** Adds the instructions that compute the result, and gives its registers. */
  emit(
    program: ProgramBuilder,
    call: IntrinsicExpression,
    inputs: readonly (readonly Register[])[],
    salt: number,
  ): readonly Register[];
  /** The reference meaning at one place. */
  evaluate(
    call: IntrinsicExpression,
    inputs: readonly (readonly Tensor[])[],
    context: { readonly run: LocalRunner; readonly seed: Seed },
  ): Promise<readonly Tensor[]>;
}

/** From the server to every client. */
export interface BroadcastIntrinsic extends Declaration {
  readonly role: 'broadcast';
}

/** From the server to each client, by keys that the clients send in an earlier round trip: `select`'s, and no other. */
export interface SelectIntrinsic extends Declaration {
  readonly role: 'select';
  /** The server sees each client's keys. */
  readonly revealing: true;
  /** Of the aggregation that takes the keys. */
  readonly kinds: readonly AggregationKind[];
}

/** From the clients to the server. */
export interface AggregateIntrinsic extends Declaration {
  readonly role: 'aggregate';
  /** Whether the server sees values of single clients, not their aggregate alone. */
  readonly revealing: boolean;
  /** The kinds of aggregation that it compiles to. */
  readonly kinds: readonly AggregationKind[];
  /** Which of them a call is; the first when it is not given. */
  kind?(call: IntrinsicExpression): AggregationKind;
  /** Whether a client's update ends with its own random draw. */
  readonly drawsRank?: boolean;
  /** The last arguments that are functions, of `aggregate` alone. */
  readonly hasOperators?: boolean;
  /** The reference meaning. `lanes` are the updates of clients in cohort order, cut into lanes; none is empty. */
  reference(
    call: IntrinsicExpression,
    lanes: readonly (readonly (readonly Tensor[])[])[],
    context: { readonly run: LocalRunner; readonly salt: number },
  ): readonly Tensor[] | Promise<readonly Tensor[]>;
  /** Whether a client's update is refused, beyond finiteness and weights: a value out of range. */
  refuses?(call: IntrinsicExpression, update: readonly Tensor[]): boolean;
}

export type IntrinsicDefinition =
  | PointwiseIntrinsic
  | BroadcastIntrinsic
  | SelectIntrinsic
  | AggregateIntrinsic;

/** The kind of aggregation that a call compiles to. */
export function kindOf(definition: AggregateIntrinsic, call: IntrinsicExpression): AggregationKind {
  return definition.kind?.(call) ?? definition.kinds[0]!;
}
