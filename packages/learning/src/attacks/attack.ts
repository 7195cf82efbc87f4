// The contract of attacks: what a liar sends in the place of its update. They are for measuring what an aggregator
// holds against; an attack may know more than a client could, such as the mean of what the honest clients send.
import { leavesOf, mapStructure } from '@starling/aggregators';
import { localComputation, type TensorStructure, tf } from '@starling/compute';
import { type AnyClientsValue, federatedMap, float32, type Type } from '@starling/federated-core';
import { type Check, hasMethods, ofKind } from '@starling/federated-core/plan';

export interface Attacked {
  /** What each client would send. */
  readonly value: AnyClientsValue;
  /** float32: 1 for liars, else 0. */
  readonly attacker: AnyClientsValue;
  /** The type of a value. */
  readonly update: Type;
}

export interface Attack {
  readonly name: string;
  /** What each client sends: honest ones their value. */
  corrupt(attacked: Attacked): AnyClientsValue;
}

/** The check of an attack, for tables of options. */
export const attackKind: Check = ofKind({
  need: 'an attack, such as signFlip({ scale: 10 })',
  fits: (value) => hasMethods(value, ['corrupt']),
});

/**
 * The value of honest clients, and of liars what `change` makes of each tensor of it, and of those of `others` at the
 * same place.
 */
export function corrupted<N extends string>(
  name: string,
  { value, attacker, update }: Attacked,
  others: { readonly [M in N]: AnyClientsValue },
  change: (tensor: tf.Tensor, others: { readonly [M in N]: tf.Tensor }) => tf.Tensor,
): AnyClientsValue {
  const names = Object.keys(others) as N[];
  const types = Object.fromEntries(names.map((other) => [other, update])) as { readonly [M in N]: Type };
  const local = localComputation(
    { value: update, attacker: float32(), ...types },
    (argument) => {
      const { value, attacker, ...rest } = argument as unknown as {
        readonly value: TensorStructure;
        readonly attacker: tf.Tensor;
      } & { readonly [M in N]: TensorStructure };
      const isLiar = tf.greater(attacker, 0);
      const leaves = names.map((other) =>
        leavesOf((rest as unknown as { readonly [M in N]: TensorStructure })[other]),
      );
      let leaf = -1;
      return mapStructure((tensor) => {
        leaf++;
        const own = Object.fromEntries(names.map((other, index) => [other, leaves[index]![leaf]!]));
        return tf.where(isLiar, change(tensor, own as { readonly [M in N]: tf.Tensor }), tensor);
      }, value);
    },
    { name },
  );
  return federatedMap(local, { value, attacker, ...others } as never) as AnyClientsValue;
}
