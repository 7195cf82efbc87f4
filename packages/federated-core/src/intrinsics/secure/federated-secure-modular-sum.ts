// `federatedSecureModularSum`: a secure sum modulo a number, as secure aggregation protocols compute it.

import { settingOf } from '../../aggregations/leaf-setting.js';
import type { AnyClientsValue, ServerResult } from '../../expression/placed-values.js';
import { leafTypes } from '../../types/leaves.js';
import type { Disclosure, Type } from '../../types/types.js';
import { applyIntrinsic } from '../framework/apply.js';
import type { AggregateIntrinsic } from '../framework/definition.js';
import { numbersOf, sameShapes, tensorOf, zerosOf } from '../framework/reference.js';
import type { Integers } from '../framework/requirements.js';
import { type PerTensor, perTensor } from '../framework/settings.js';
import { outside } from './federated-secure-sum.js';

export const federatedSecureModularSumDefinition: AggregateIntrinsic = {
  name: 'federatedSecureModularSum',
  role: 'aggregate',
  revealing: false,
  summary:
    'Adds up integers modulo `modulus` (or wraps them into a symmetric range); the server is to see the sum alone.',
  signatures: ['({T}@CLIENTS -> T@SERVER)'],
  where: { T: 'integer' },
  edgeCases: 'A value outside of the range refuses that client’s update. No clients: zeros.',
  kinds: ['secure-modular-sum'],
  refuses: (call, update) => outside(update, (leaf) => rangeOf(call.settings.numbers, leaf)),
  reference(call, lanes) {
    return leafTypes(call.type).map((type, leaf) => {
      const filled = lanes.map((lane) => lane.filter((update) => update[leaf]!.data.length > 0));
      const [first, ...others] = sameShapes(filled.map((lane) => lane.map((update) => [update[leaf]!]))).map(
        ([tensor]) => tensor!,
      );
      if (first === undefined) return zerosOf(type);
      const [lowest, highest] = rangeOf(call.settings.numbers, leaf).map(BigInt) as [bigint, bigint];
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
  /** Take values from 1 − modulus to modulus − 1 and wrap the sum into that range (period 2·modulus − 1). */
  readonly symmetric?: boolean;
}

/** The least and the greatest value that a client may send in a leaf, and that its sum is wrapped to. */
function rangeOf(
  numbers: Readonly<Record<string, number>> | undefined,
  leaf: number,
): readonly [number, number] {
  const modulus = settingOf(numbers, 'modulus', leaf);
  return [settingOf(numbers, 'symmetric', leaf) === 1 ? 1 - modulus : 0, modulus - 1];
}

/**
 * The sum of the clients' integers, each from 0 to `modulus` − 1, modulo `modulus`: one modulus, or one for each field
 * of a struct; at most 2^31 for int32 and 2^53 − 1 for int64. A client whose value lies outside is refused. The sum
 * is exact, however many clients there are.
 */
export function federatedSecureModularSum<M extends Type, D extends Disclosure>(
  value: AnyClientsValue<M, D> & Integers<M>,
  modulus: PerTensor,
  { symmetric = false }: ModularSumOptions = {},
): ServerResult<M, D> {
  const moduli = perTensor('federatedSecureModularSum', 'modulus', modulus, value, ({ dtype }) =>
    dtype === 'int32' ? 2 ** 31 : Number.MAX_SAFE_INTEGER,
  );
  const numbers = { ...moduli, symmetric: symmetric ? 1 : 0 };
  return applyIntrinsic(federatedSecureModularSumDefinition, [value], { numbers });
}
