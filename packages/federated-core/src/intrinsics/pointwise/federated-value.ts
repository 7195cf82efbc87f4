// `federatedValue`: a constant, at the server or with every client.
import type { ClientsValue, ServerValue } from '../../expression/placed-values.js';
import type { SymbolicValue } from '../../expression/symbolic-value.js';
import type { Placement, Type } from '../../types/types.js';
import type { HostInput } from '../../values/host-types.js';
import type { InferredType } from '../../values/infer-type.js';
import { applyIntrinsic } from '../framework/apply.js';
import type { PointwiseIntrinsic } from '../framework/definition.js';
import { literal } from '../framework/literal.js';
import { checkedPlacement } from '../framework/settings.js';

export const federatedValueDefinition: PointwiseIntrinsic = {
  name: 'federatedValue',
  usage: 'federatedValue(value, placement, type?)',
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
export function federatedValue(value: unknown, placement: Placement, type?: Type): SymbolicValue {
  const { name } = federatedValueDefinition;
  return applyIntrinsic(federatedValueDefinition, [literal(`apply ${name}`, 'its value', value, type)], {
    placement: checkedPlacement(name, placement),
  });
}
