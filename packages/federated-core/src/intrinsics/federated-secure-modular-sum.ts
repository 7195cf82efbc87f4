// `federatedSecureModularSum`: a secure sum modulo a number, as secure aggregation protocols compute it.
import type { ClientsValue, ServerValue } from '../expression/symbolic-value.js';
import { leafTypes } from '../types/leaves.js';
import type { Type } from '../types/types.js';
import { applyIntrinsic } from './apply.js';
import type { AggregateIntrinsic } from './definition.js';
import { outside } from './federated-secure-sum.js';
import { sumLeaf, tensorOf, zerosOf } from './reference.js';
import { positiveInteger } from './settings.js';

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
  refuses(call, update) {
    const { modulus, symmetric } = call.settings.numbers as { modulus: number; symmetric: number };
    return outside(update, symmetric === 1 ? 1 - modulus : 0, modulus - 1);
  },
  reference(call, lanes) {
    const { modulus, symmetric } = call.settings.numbers as { modulus: number; symmetric: number };
    const period = symmetric === 1 ? 2 * modulus - 1 : modulus;
    const highest = modulus - 1;
    const lowest = highest - period + 1;
    return leafTypes(call.type).map((type, leaf) => {
      const sum = sumLeaf(lanes, leaf);
      if (sum === null) return zerosOf(type);
      const wrapped = sum.sums.map((one) => {
        let value = BigInt(one) % BigInt(period);
        if (value > highest) value -= BigInt(period);
        if (value < lowest) value += BigInt(period);
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

/** The sum of the clients' integers, each from 0 to `modulus` − 1, modulo `modulus`. */
export function federatedSecureModularSum<M extends Type>(
  value: ClientsValue<M>,
  modulus: number,
  { symmetric = false }: ModularSumOptions = {},
): ServerValue<M> {
  const numbers = {
    modulus: positiveInteger('federatedSecureModularSum', 'modulus', modulus),
    symmetric: symmetric ? 1 : 0,
  };
  return applyIntrinsic(federatedSecureModularSumDefinition, [value.expression], { numbers });
}
