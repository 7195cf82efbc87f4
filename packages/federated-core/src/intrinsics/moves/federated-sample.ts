// `federatedSample`: the values of a few clients, drawn uniformly. Each client draws a number from its seed and
// the smallest win, so that the sample does not depend on lanes, workers or arrival.

import { sampleAggregation } from '../../aggregations/collect.js';
import type { AnyClientsValue, RevealingServerValue } from '../../expression/placed-values.js';
import { leafTypes } from '../../types/leaves.js';
import { memberType } from '../../types/member-type.js';
import type { SequenceType, Type } from '../../types/types.js';
import { applyIntrinsic } from '../framework/apply.js';
import type { AggregateIntrinsic } from '../framework/definition.js';
import { checkedOptions } from '../framework/options.js';
import { referenceStack } from '../framework/reference.js';
import { positiveInteger, settingsOf } from '../framework/settings.js';

export const federatedSampleDefinition: AggregateIntrinsic = {
  name: 'federatedSample',
  usage: 'federatedSample(value, { maxSamples })',
  role: 'aggregate',
  revealing: true,
  drawsRank: true,
  summary: 'The values of at most `maxSamples` clients, drawn uniformly, as a sequence in cohort order.',
  signatures: ['({T}@CLIENTS -> T*@SERVER revealing)'],
  where: { T: 'tensors' },
  edgeCases: 'Fewer clients than `maxSamples`: all of them; no clients: an empty sequence.',
  kinds: ['sample'],
  settings: sampleAggregation.settings,
  reference(call, lanes) {
    const updates = lanes.flat();
    const draw = (index: number): number => updates[index]!.at(-1)!.data[0] as number;
    const chosen = updates
      .map((_, index) => index)
      .sort((a, b) => draw(a) - draw(b) || a - b)
      .slice(0, settingsOf(call, sampleAggregation.settings).maxSamples);
    const kept = updates.filter((_, index) => chosen.includes(index));
    return referenceStack(leafTypes(memberType(call.arguments[0]!.type)), kept);
  },
};

export interface SampleOptions {
  /** How many clients' values at most: an integer from 1. */
  readonly maxSamples: number;
}

/**
 * The values of at most `maxSamples` clients. The server sees single clients' values, and the type of the result, and
 * of all that is computed from it, says so: prefer an aggregate.
 */
export function federatedSample<M extends Type>(
  value: AnyClientsValue<M>,
  options: SampleOptions,
): RevealingServerValue<SequenceType<M>> {
  const { maxSamples } = checkedOptions('federatedSample', options, ['maxSamples']);
  const numbers = { maxSamples: positiveInteger('federatedSample', 'maxSamples', maxSamples) };
  return applyIntrinsic(federatedSampleDefinition, [value], { numbers });
}
