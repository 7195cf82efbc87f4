// `federatedSelect`: each client gets the slices of a server value that its keys ask for, and nothing else of it. The
// clients send their keys in their own round trip; the server slices, and sends each client what is its own.

import { MAX_KEYS } from '../../aggregations/select-keys.js';
import type {
  AnyClientsValue,
  AnyServerValue,
  RevealingClientsValue,
} from '../../expression/placed-values.js';
import type { LocalComputation } from '../../program/local-computation.js';
import type { SequenceType, Type } from '../../types/types.js';
import { applyIntrinsic } from '../framework/apply.js';
import type { SelectIntrinsic } from '../framework/definition.js';
import { checkedOptions } from '../framework/options.js';
import { positiveInteger } from '../framework/settings.js';

/** `maxKeys` is left to the type of the keys, or its default. */
export const selectSettings = { keyBound: 'number', maxKeys: 'optional' } as const;

export const federatedSelectDefinition: SelectIntrinsic = {
  name: 'federatedSelect',
  usage: 'federatedSelect(value, { keys, keyBound, slice, maxKeys? })',
  role: 'select',
  revealing: true,
  summary:
    'Gives each client the slices that its int32 keys ask for, as a sequence; the keys go up first, and the slices alone come down.',
  signatures: ['(<{K}@CLIENTS,T@SERVER,(<T,int32> -> U)> -> {U*}@CLIENTS revealing)'],
  labels: ['keys', 'its value', 'slice'],
  where: { K: 'keys', U: 'tensors' },
  edgeCases: `Duplicate keys: a slice for each, sent once. A key outside of [0, keyBound), or more than maxKeys (${MAX_KEYS} by default) of them: that client’s update is refused. No keys: an empty sequence. All slices must be of one shape.`,
  kinds: ['select-keys'],
  settings: selectSettings,
};

export interface SelectOptions<R extends Type = Type> {
  /** What each client asks for: int32[n], each from 0 to `keyBound` − 1. */
  readonly keys: AnyClientsValue;
  /** How many slices there are, from 1 to 2^31. */
  readonly keyBound: number;
  /** <server value, key> → slice. */
  readonly slice: LocalComputation<Type | null, R>;
  /**
   * How many keys a client may have, from 1 to 2^31, when their type gives no number: 2^20 by default. It bounds what
   * one client can make the server slice and hold.
   */
  readonly maxKeys?: number;
}

/**
 * For each of a client's `keys`, `slice` of the server's value, which runs at the server once for each distinct key.
 * The server sees every client's keys, and the type of the result, and of all that is computed from it, says so;
 * `federatedSecureSelect` keeps them with the client. A slice that draws random numbers draws by key: clients that ask
 * for the same key in a round get the same slice.
 */
export function federatedSelect<R extends Type>(
  value: AnyServerValue,
  options: SelectOptions<R>,
): RevealingClientsValue<SequenceType<R>> {
  const { keys, keyBound, slice, maxKeys } = checkedOptions('federatedSelect', options, [
    'keys',
    'keyBound',
    'slice',
    'maxKeys',
  ]);
  const numbers = {
    keyBound: positiveInteger('federatedSelect', 'keyBound', keyBound, 2 ** 31),
    ...(maxKeys === undefined
      ? {}
      : { maxKeys: positiveInteger('federatedSelect', 'maxKeys', maxKeys, 2 ** 31) }),
  };
  return applyIntrinsic(federatedSelectDefinition, [keys, value, slice], { numbers });
}
