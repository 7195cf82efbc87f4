// `federatedSecureSelect`: each client gets the slices of a server value that its keys ask for, and the keys never
// leave it: the server value is broadcast whole, and each client slices its own copy.

import { keyOutOfRange } from '../../errors/starling-error.js';
import type { LocalExpression } from '../../expression/expression.js';
import type { AnyClientsValue, AnyServerValue, ClientsResult } from '../../expression/placed-values.js';
import type { LocalComputation } from '../../program/local-computation.js';
import { deriveSeed } from '../../random/seed.js';
import { leafCount, leafTypes } from '../../types/leaves.js';
import type { Disclosure, SequenceType, Type } from '../../types/types.js';
import { elementAt } from '../../values/stack.js';
import type { Tensor } from '../../values/tensor.js';
import { applyIntrinsic } from '../framework/apply.js';
import type { PointwiseIntrinsic } from '../framework/definition.js';
import { checkedOptions } from '../framework/options.js';
import { referenceStack } from '../framework/reference.js';
import { positiveInteger, settingsOf } from '../framework/settings.js';
import { federatedBroadcast } from './federated-broadcast.js';

const forms = { keyBound: 'number' } as const;

export const federatedSecureSelectDefinition: PointwiseIntrinsic = {
  name: 'federatedSecureSelect',
  usage: 'federatedSecureSelect(value, { keys, keyBound, slice })',
  role: 'pointwise',
  summary:
    'Gives each client the slices that its int32 keys ask for, as a sequence; the whole value goes down, and the keys stay with the client.',
  signatures: ['(<{K}@CLIENTS,T@CLIENTS,(<T,int32> -> U)> -> {U*}@CLIENTS)'],
  labels: ['keys', 'its value', 'slice'],
  where: { K: 'keys', U: 'tensors' },
  settings: forms,
  edgeCases:
    'Duplicate keys: a slice for each. A key outside of [0, keyBound): that client’s update is refused. No keys: an empty sequence.',
  emit(program, call, [keys, served], salt) {
    const { computation: graph } = call.arguments[2] as LocalExpression;
    const result = leafTypes(graph.type.result);
    const { keyBound } = settingsOf(call, forms);
    return program.add(
      { op: 'select', graph, inputs: served!, keys: keys![0]!, keyBound, result, salt },
      leafCount(graph.type.result),
    );
  },
  async evaluate(call, [keys, served], { run, seed }) {
    const { computation } = call.arguments[2] as LocalExpression;
    const { keyBound: bound } = settingsOf(call, forms);
    const wanted = keys![0]!;
    const slices: (readonly Tensor[])[] = [];
    for (const [index, key] of Array.from(wanted.data as Int32Array).entries()) {
      if (key < 0 || key >= bound) throw keyOutOfRange(key, bound);
      slices.push(await run(computation, [...served!, elementAt(wanted, index)], deriveSeed(seed, index)));
    }
    return referenceStack(leafTypes(computation.type.result), slices);
  },
};

export interface SecureSelectOptions<R extends Type = Type, D extends Disclosure = Disclosure> {
  /** What each client asks for: int32[n], each from 0 to `keyBound` − 1. */
  readonly keys: AnyClientsValue<Type, D>;
  /** How many slices there are, from 1 to 2^31. */
  readonly keyBound: number;
  /** <server value, key> → slice. */
  readonly slice: LocalComputation<Type | null, R>;
}

/**
 * For each of a client's `keys`, `slice` of the server's value. The whole value is broadcast: what a client asks for
 * stays with the client. A slice that draws random numbers draws them anew for each client and each of its keys.
 * `federatedSelect` sends slices alone.
 */
export function federatedSecureSelect<R extends Type, D extends Disclosure, E extends Disclosure>(
  value: AnyServerValue<Type, E>,
  options: SecureSelectOptions<R, D>,
): ClientsResult<SequenceType<R>, D | E> {
  const { keys, keyBound, slice } = checkedOptions('federatedSecureSelect', options, [
    'keys',
    'keyBound',
    'slice',
  ]);
  const numbers = { keyBound: positiveInteger('federatedSecureSelect', 'keyBound', keyBound, 2 ** 31) };
  const served = federatedBroadcast(value);
  return applyIntrinsic(federatedSecureSelectDefinition, [keys, served, slice], { numbers });
}
