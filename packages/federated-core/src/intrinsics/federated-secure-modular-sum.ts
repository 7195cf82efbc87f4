// `federatedSecureModularSum`: a secure sum modulo a number, as secure aggregation protocols compute it.
import type { ClientsValue, ServerValue } from '../expression/symbolic-value.js';
import { settingOf } from '../reductions/leaf-setting.js';
import { leafTypes } from '../types/leaves.js';
import type { Type } from '../types/types.js';
import { applyIntrinsic } from './apply.js';
import type { AggregateIntrinsic } from './definition.js';
import { outside } from './federated-secure-sum.js';
import { sumLeaf, tensorOf, zerosOf } from './reference.js';
import { type PerTensor, perTensor } from './settings.js';

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
      const sum = sumLeaf(lanes, leaf);
      if (sum === null) return zerosOf(type);
      const [lowest, highest] = rangeOf(call.settings.numbers, leaf);
      const period = BigInt(highest - lowest + 1);
      const wrapped = sum.sums.map((one) => {
        let value = BigInt(one) % period;
        if (value > highest) value -= period;
        if (value < lowest) value += period;
        return type.dtype === 'int64' ? value : Number(value);
      });
      return tensorOf(type, sum.shape, wrapped);
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
 * of a struct. A client whose value lies outside is refused.
 */
export function federatedSecureModularSum<M extends Type>(
  value: ClientsValue<M>,
  modulus: PerTensor,
  { symmetric = false }: ModularSumOptions = {},
): ServerValue<M> {
  const moduli = perTensor('federatedSecureModularSum', 'modulus', modulus, value.type.member);
  const numbers = { ...moduli, symmetric: symmetric ? 1 : 0 };
  return applyIntrinsic(federatedSecureModularSumDefinition, [value.expression], { numbers });
}
