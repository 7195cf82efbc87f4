// `federatedValue`: a constant, at the server or with every client.
import type { ClientsValue, ServerValue, SymbolicValue } from '../expression/symbolic-value.js';
import type { Type } from '../types/types.js';
import { flatten } from '../values/flatten.js';
import type { HostInput } from '../values/host-types.js';
import { type InferredType, inferType } from '../values/infer-type.js';
import { toValue } from '../values/to-value.js';
import { applyIntrinsic } from './apply.js';
import type { PointwiseIntrinsic } from './definition.js';

export const federatedValueDefinition: PointwiseIntrinsic = {
  name: 'federatedValue',
  role: 'pointwise',
  summary: 'A constant, placed at the server or, the same, with every client.',
  signatures: ['(T -> T@CLIENTS)', '(T -> T@SERVER)'],
  emit: (_program, _call, [value]) => value!,
  evaluate: async (_call, [value]) => value!,
};

/**
 * A constant at a placement. Without `type`, a number is float32, a boolean bool, a bigint int64, nested arrays
 * tensors and objects structs; with it, `value` is anything that `toValue` takes for that type.
 */
export function federatedValue<T extends Type>(
  value: HostInput<T>,
  placement: 'CLIENTS',
  type: T,
): ClientsValue<T>;
export function federatedValue<T extends Type>(
  value: HostInput<T>,
  placement: 'SERVER',
  type: T,
): ServerValue<T>;
export function federatedValue<V>(value: V, placement: 'CLIENTS'): ClientsValue<InferredType<V>>;
export function federatedValue<V>(value: V, placement: 'SERVER'): ServerValue<InferredType<V>>;
export function federatedValue(
  value: unknown,
  placement: 'CLIENTS' | 'SERVER',
  type: Type = inferType(value),
): SymbolicValue {
  const literal = { kind: 'literal', type, leaves: flatten(type, toValue(type, value)) } as const;
  return applyIntrinsic(federatedValueDefinition, [literal], { placement });
}
