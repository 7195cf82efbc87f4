// The table of intrinsics: what checking, printing, compiling, evaluating and the documentation go by. To add
// one: its file, its test, a line here.
import type { IntrinsicDefinition } from './definition.js';
import { federatedAggregateDefinition } from './federated-aggregate.js';
import { federatedBroadcastDefinition } from './federated-broadcast.js';
import { federatedEvalDefinition } from './federated-eval.js';
import { federatedMapDefinition } from './federated-map.js';
import { federatedMeanDefinition } from './federated-mean.js';
import { federatedSumDefinition } from './federated-sum.js';
import { federatedValueDefinition } from './federated-value.js';
import { federatedZipDefinition } from './federated-zip.js';
import { sequenceReduceDefinition } from './sequence-reduce.js';

const definitions: readonly IntrinsicDefinition[] = [
  federatedValueDefinition,
  federatedEvalDefinition,
  federatedBroadcastDefinition,
  federatedMapDefinition,
  federatedZipDefinition,
  federatedSumDefinition,
  federatedMeanDefinition,
  federatedAggregateDefinition,
  sequenceReduceDefinition,
];

/** By the name that the user writes. */
export const intrinsics: ReadonlyMap<string, IntrinsicDefinition> = new Map(
  definitions.map((definition) => [definition.name, definition]),
);

export function intrinsicNamed(name: string): IntrinsicDefinition {
  const definition = intrinsics.get(name);
  if (definition === undefined)
    throw new RangeError(
      `Cannot find the intrinsic ${name}: need one of ${[...intrinsics.keys()].join(', ')}`,
    );
  return definition;
}
