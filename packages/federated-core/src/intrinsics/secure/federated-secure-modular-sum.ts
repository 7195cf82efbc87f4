// `federatedSecureModularSum`: a secure sum modulo a number, as secure aggregation protocols compute it.

import { secureModularSumAggregation } from '../../aggregations/secure.js';
import { settingOfLeaf } from '../../aggregations/settings.js';
import type { IntrinsicExpression } from '../../expression/expression.js';
import type { AnyClientsValue, ServerResult } from '../../expression/placed-values.js';
import { leafTypes } from '../../types/leaves.js';
import type { Disclosure, Type } from '../../types/types.js';
import { applyIntrinsic } from '../framework/apply.js';
import type { AggregateIntrinsic } from '../framework/definition.js';
import { checkedOptions } from '../framework/options.js';
import { numbersOf, sameShapes, tensorOf, zerosOf } from '../framework/reference.js';
import type { Integers } from '../framework/requirements.js';
import { type PerTensor, perTensor, settingsOf } from '../framework/settings.js';
import { outside } from './federated-secure-sum.js';

export const federatedSecureModularSumDefinition: AggregateIntrinsic = {
  name: 'federatedSecureModularSum',
  usage: 'federatedSecureModularSum(value, { modulus, symmetric? })',
  role: 'aggregate',
  revealing: false,
  summary:
    'Adds up integers modulo `modulus` (or wraps them into a symmetric range); the server is to see the sum alone.',
  signatures: ['({T}@CLIENTS -> T@SERVER)'],
  where: { T: 'integer' },
  edgeCases: 'A value outside of the range refuses that client’s update. No clients: zeros.',
  kinds: ['secure-modular-sum'],
  settings: secureModularSumAggregation.settings,
  refuses: (call, update) => outside(update, (leaf) => rangeOf(call, leaf)),
  reference(call, lanes) {
    return leafTypes(call.type).map((type, leaf) => {
      const filled = lanes.map((lane) => lane.filter((update) => update[leaf]!.data.length > 0));
      const [first, ...others] = sameShapes(filled.map((lane) => lane.map((update) => [update[leaf]!]))).map(
        ([tensor]) => tensor!,
      );
      if (first === undefined) return zerosOf(type);
      const [lowest, highest] = rangeOf(call, leaf).map(BigInt) as [bigint, bigint];
      const period = highest - lowest + 1n;
      const wrapped = numbersOf(first).map((one, index) => {
        const exact = others.reduce((sum, { data }) => sum + BigInt(data[index]!), BigInt(one));
        const offset = (((exact - lowest) % period) + period) % period;
        return type.dtype === 'int64' ? lowest + offset : Number(lowest + offset);
      });
      return tensorOf(type, first.shape, wrapped);
    });
  },
};

export interface ModularSumOptions {
  /** What the sum is taken modulo, from 1: one number, or one for each field of a struct. */
  readonly modulus: PerTensor;
  /** Take values from 1 − modulus to modulus − 1 and wrap the sum into that range (period 2·modulus − 1). */
  readonly symmetric?: boolean;
}

/** The least and the greatest value that a client may send in a leaf, and that its sum is wrapped to. */
function rangeOf(call: IntrinsicExpression, leaf: number): readonly [number, number] {
  const { modulus, symmetric } = settingsOf(call, secureModularSumAggregation.settings);
  const highest = settingOfLeaf(modulus, leaf) - 1;
  return [symmetric ? -highest : 0, highest];
}

/**
 * The sum of the clients' integers, each from 0 to `modulus` − 1, modulo `modulus`: one modulus, or one for each field
 * of a struct; at most 2^31 for int32 and 2^53 − 1 for int64. A client whose value lies outside is refused. The sum
 * is exact, however many clients there are.
 */
export function federatedSecureModularSum<M extends Type, D extends Disclosure>(
  value: AnyClientsValue<M, D> & Integers<M>,
  options: ModularSumOptions,
): ServerResult<M, D> {
  const { modulus, symmetric = false } = checkedOptions('federatedSecureModularSum', options, [
    'modulus',
    'symmetric',
  ]);
  const moduli = perTensor('federatedSecureModularSum', 'modulus', modulus, value, ({ dtype }) =>
    dtype === 'int32' ? 2 ** 31 : Number.MAX_SAFE_INTEGER,
  );
  const numbers = { modulus: moduli, symmetric };
  return applyIntrinsic(federatedSecureModularSumDefinition, [value], { numbers });
}
