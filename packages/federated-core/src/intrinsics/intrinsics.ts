// The table of intrinsics: what checking, printing, compiling, evaluating and the documentation go by. To add
// one: its file, its test, a line here.
import type { AggregationKind } from '../plan/round-plan.js';
import type { AggregateIntrinsic, IntrinsicDefinition, SelectIntrinsic } from './definition.js';
import { federatedAggregateDefinition } from './federated-aggregate.js';
import { federatedBroadcastDefinition } from './federated-broadcast.js';
import { federatedCollectDefinition } from './federated-collect.js';
import { federatedEvalDefinition } from './federated-eval.js';
import { federatedMapDefinition } from './federated-map.js';
import { federatedMaxDefinition } from './federated-max.js';
import { federatedMeanDefinition } from './federated-mean.js';
import { federatedMinDefinition } from './federated-min.js';
import { federatedSampleDefinition } from './federated-sample.js';
import { federatedSecureModularSumDefinition } from './federated-secure-modular-sum.js';
import { federatedSecureSelectDefinition } from './federated-secure-select.js';
import { federatedSecureSumDefinition } from './federated-secure-sum.js';
import { federatedSecureSumBitwidthDefinition } from './federated-secure-sum-bitwidth.js';
import { federatedSelectDefinition } from './federated-select.js';
import { federatedSumDefinition } from './federated-sum.js';
import { federatedValueDefinition } from './federated-value.js';
import { federatedZipDefinition } from './federated-zip.js';
import { sequenceMapDefinition } from './sequence-map.js';
import { sequenceReduceDefinition } from './sequence-reduce.js';
import { sequenceSumDefinition } from './sequence-sum.js';

const definitions: readonly IntrinsicDefinition[] = [
  federatedValueDefinition,
  federatedEvalDefinition,
  federatedBroadcastDefinition,
  federatedSelectDefinition,
  federatedSecureSelectDefinition,
  federatedMapDefinition,
  federatedZipDefinition,
  sequenceMapDefinition,
  sequenceReduceDefinition,
  sequenceSumDefinition,
  federatedSumDefinition,
  federatedMeanDefinition,
  federatedMinDefinition,
  federatedMaxDefinition,
  federatedAggregateDefinition,
  federatedSecureSumDefinition,
  federatedSecureSumBitwidthDefinition,
  federatedSecureModularSumDefinition,
  federatedCollectDefinition,
  federatedSampleDefinition,
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

/** The intrinsic that compiles to a kind of aggregation. */
export function aggregateOf(kind: AggregationKind): AggregateIntrinsic | SelectIntrinsic {
  for (const definition of definitions) {
    if ('kinds' in definition && definition.kinds.includes(kind)) return definition;
  }
  throw new RangeError(`Cannot find the intrinsic of aggregations of kind ${kind}`);
}
