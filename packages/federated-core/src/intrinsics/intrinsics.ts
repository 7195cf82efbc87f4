// The table of intrinsics: what checking, printing, compiling, evaluating and the documentation go by. To add
// one: its file, its test, a line here.
import type { AggregationKind } from '../aggregations/aggregations.js';
import type { AggregateIntrinsic, IntrinsicDefinition, SelectIntrinsic } from './framework/definition.js';
import { federatedBroadcastDefinition } from './moves/federated-broadcast.js';
import { federatedCollectDefinition } from './moves/federated-collect.js';
import { federatedSampleDefinition } from './moves/federated-sample.js';
import { federatedSecureSelectDefinition } from './moves/federated-secure-select.js';
import { federatedSelectDefinition } from './moves/federated-select.js';
import { federatedEvalDefinition } from './pointwise/federated-eval.js';
import { federatedMapDefinition } from './pointwise/federated-map.js';
import { federatedValueDefinition } from './pointwise/federated-value.js';
import { federatedZipDefinition } from './pointwise/federated-zip.js';
import { federatedBoundedMeanDefinition } from './robust/federated-bounded-mean.js';
import { federatedGeometricMedianDefinition } from './robust/federated-geometric-median.js';
import { federatedKrumDefinition } from './robust/federated-krum.js';
import { federatedMedianDefinition } from './robust/federated-median.js';
import { federatedTrimmedMeanDefinition } from './robust/federated-trimmed-mean.js';
import { federatedSecureModularSumDefinition } from './secure/federated-secure-modular-sum.js';
import { federatedSecureSumDefinition } from './secure/federated-secure-sum.js';
import { federatedSecureSumBitwidthDefinition } from './secure/federated-secure-sum-bitwidth.js';
import { federatedSequenceMapDefinition } from './sequences/federated-sequence-map.js';
import { federatedSequenceReduceDefinition } from './sequences/federated-sequence-reduce.js';
import { federatedSequenceSumDefinition } from './sequences/federated-sequence-sum.js';
import { federatedAggregateDefinition } from './sums/federated-aggregate.js';
import { federatedDiscountedMeanDefinition } from './sums/federated-discounted-mean.js';
import { federatedMaxDefinition } from './sums/federated-max.js';
import { federatedMeanDefinition } from './sums/federated-mean.js';
import { federatedMinDefinition } from './sums/federated-min.js';
import { federatedSumDefinition } from './sums/federated-sum.js';

const definitions: readonly IntrinsicDefinition[] = [
  federatedValueDefinition,
  federatedEvalDefinition,
  federatedBroadcastDefinition,
  federatedSelectDefinition,
  federatedSecureSelectDefinition,
  federatedMapDefinition,
  federatedZipDefinition,
  federatedSequenceMapDefinition,
  federatedSequenceReduceDefinition,
  federatedSequenceSumDefinition,
  federatedSumDefinition,
  federatedMeanDefinition,
  federatedDiscountedMeanDefinition,
  federatedMinDefinition,
  federatedMaxDefinition,
  federatedAggregateDefinition,
  federatedSecureSumDefinition,
  federatedSecureSumBitwidthDefinition,
  federatedSecureModularSumDefinition,
  federatedCollectDefinition,
  federatedSampleDefinition,
  federatedMedianDefinition,
  federatedTrimmedMeanDefinition,
  federatedKrumDefinition,
  federatedGeometricMedianDefinition,
  federatedBoundedMeanDefinition,
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
