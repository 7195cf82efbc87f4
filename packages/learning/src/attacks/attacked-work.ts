// A client work of which some clients lie: what they send is replaced by an attack's, and their weight stays. Their
// losses and metrics are told as they are, so that curves of training show what liars saw, too.
import {
  type AnyClientsValue,
  clientStartOf,
  type FederatedType,
  field,
  float32,
  startOf,
  stepOf,
  type Type,
} from '@starling/federated-core';
import { checkOptions, required } from '@starling/federated-core/plan';
import { type ClientWork, clientWorkKind, workOf } from '../parts/client-work.js';
import { clientTypes, created, memberAt } from '../parts/created-parts.js';
import { type Attack, attackKind } from './attack.js';

export interface AttackedWorkOptions {
  readonly work: ClientWork;
  readonly attack: Attack;
}

/**
 * `work`, with `attack` by those of its clients whose `attacker` is 1: they hold one thing more, a float32, as those of
 * `attackedPopulation` do.
 */
export function attackedWork(options: AttackedWorkOptions): ClientWork {
  checkOptions('Cannot attack client work', options, {
    work: required(clientWorkKind),
    attack: required(attackKind),
  });
  const { work, attack } = options;
  const name = `${work.name} under ${attack.name}`;
  return {
    name,
    create(model) {
      const inner = created(work, 'workOf', work.create(model));
      const update = memberAt(work, inner, ['result', 'value'], 'CLIENTS');
      const held = Object.entries(clientTypes(inner)).map(([field, type]): readonly [string, Type] => [
        field,
        (type as FederatedType).member,
      ]);
      return workOf({
        name,
        model,
        held: { ...Object.fromEntries(held), attacker: float32() },
        start: () => startOf(inner),
        startClient: clientStartOf(inner),
        step: (before, { attacker, ...given }) => {
          const { result, ...step } = stepOf(inner, before, given as never);
          const value = field(result, 'value') as AnyClientsValue;
          const sent = attack.corrupt({ value, attacker: attacker as AnyClientsValue, update });
          return {
            ...step,
            result: { value: sent, weight: field(result, 'weight') as AnyClientsValue },
          };
        },
      });
    },
  };
}
