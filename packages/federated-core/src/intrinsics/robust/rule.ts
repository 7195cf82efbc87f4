// What the intrinsics that combine single updates have in common: a value and a weight of each client go up, and the
// server sees both.

import type { Settings } from '../../aggregations/settings.js';
import { describeValue } from '../../errors/describe-value.js';
import { atLocation, sourceLocation } from '../../errors/source-location.js';
import { EmptyAggregateError, StarlingError } from '../../errors/starling-error.js';
import type { IntrinsicExpression } from '../../expression/expression.js';
import type { AnyClientsValue, RevealingServerValue } from '../../expression/placed-values.js';
import { leafTypes } from '../../types/leaves.js';
import { memberType } from '../../types/member-type.js';
import { float32, type Type } from '../../types/types.js';
import type { Tensor } from '../../values/tensor.js';
import { applyIntrinsic } from '../framework/apply.js';
import type { AggregateIntrinsic } from '../framework/definition.js';
import { type IfEmpty, ifEmptyLeaves } from '../framework/if-empty.js';
import { checkedOptions } from '../framework/options.js';
import { finite, numbersOf, sameShapes, tensorOf } from '../framework/reference.js';
import type { Weight } from '../framework/requirements.js';
import { federatedValue } from '../pointwise/federated-value.js';

export interface RuleOptions<M extends Type = Type, W extends Type = Type> extends IfEmpty<M> {
  /** One number with each client, at least 0; by default each has 1. Of a weight of 0 nothing counts. */
  readonly weight?: (AnyClientsValue<W> & Weight<W>) | undefined;
}

/** What all of them declare alike. */
export const declaredByRules = {
  role: 'aggregate',
  revealing: true,
  signatures: ['(<{T}@CLIENTS,{W}@CLIENTS> -> T@SERVER revealing)'],
  labels: ['its value', 'weight'],
  where: { T: 'averageable', W: 'weight' },
  refuses: (_call: IntrinsicExpression, update: readonly Tensor[]) => weightOf(update) < 0,
} as const;

/** A call of a rule, with the numbers that it goes by. */
export function applyRule<M extends Type>(
  definition: AggregateIntrinsic,
  value: AnyClientsValue<M>,
  options: RuleOptions<M, never>,
  numbers: Settings,
  names: readonly string[],
): RevealingServerValue<M> {
  const { name } = definition;
  const { weight } = checkedOptions(name, options, [...names, 'weight', 'ifEmpty'] as never);
  if (weight === undefined && Object.hasOwn(options, 'weight')) {
    throw badRule(name, 'weight must be a federated value, got undefined. Without a weight it is left out');
  }
  const own = weight ?? federatedValue(1, 'CLIENTS', float32());
  const hasNumbers = Object.keys(numbers).length > 0;
  const settings = { ...ifEmptyLeaves(name, value, options), ...(hasNumbers && { numbers }) };
  return applyIntrinsic(definition, [value, own], settings);
}

/** The error of a setting that does not fit, with the user's line. */
export function badRule(intrinsic: string, reason: string): StarlingError {
  return new StarlingError(
    'bad-setting',
    `Cannot apply ${intrinsic}: ${reason}${atLocation(sourceLocation())}`,
  );
}

/** Throws with the user's line unless `weighted` is true or false. */
export function checkFlag(intrinsic: string, weighted: unknown): void {
  if (typeof weighted === 'boolean') return;
  throw badRule(intrinsic, `weighted must be true or false, got ${describeValue(weighted)}`);
}

/** The updates of a cohort in the reference meaning: those of a weight above 0, as plain numbers by leaf. */
export interface Counted {
  readonly weights: readonly number[];
  /** By leaf, and in it by client. */
  readonly rows: readonly (readonly (readonly number[])[])[];
}

/** What `combine` makes of the counted updates, by leaf; of none, `ifEmpty`, or an error. */
export async function referenceRule(
  call: IntrinsicExpression,
  lanes: readonly (readonly (readonly Tensor[])[])[],
  combine: (counted: Counted) => Promise<readonly (readonly number[])[]> | readonly (readonly number[])[],
): Promise<readonly Tensor[]> {
  const counting = sameShapes(lanes.map((lane) => lane.filter((update) => weightOf(update) > 0)));
  const [first] = counting;
  if (first === undefined) {
    if (call.settings.ifEmpty !== undefined) return call.settings.ifEmpty;
    throw new EmptyAggregateError(`Cannot evaluate ${call.intrinsic}: need a client of a weight above 0`);
  }
  const types = leafTypes(memberType(call.type));
  const combined = await combine({
    weights: counting.map(weightOf),
    rows: types.map((_, leaf) => counting.map((update) => numbersOf(update[leaf]!) as readonly number[])),
  });
  const leaves = types.map((type, leaf) => tensorOf(type, first[leaf]!.shape, combined[leaf]!));
  return finite(call.intrinsic, leaves);
}

/** Σ coefficient · row, in order, over `divisor`: what the reference makes of coefficients. */
export function combined({ rows }: Counted, coefficients: readonly number[], divisor: number) {
  return rows.map((leaf) =>
    leaf[0]!.map((_, at) => {
      const sum = leaf.reduce((total, row, client) => {
        return coefficients[client] === 0 ? total : total + coefficients[client]! * row[at]!;
      }, 0);
      return sum / divisor;
    }),
  );
}

function weightOf(update: readonly Tensor[]): number {
  return Number(update.at(-1)!.data[0]);
}
