// The kind of a cohort sampler, for doors that take one.
import { type Check, hasMethods, ofKind } from '@starling/federated-core/plan';

/** The check of a sampler, for tables of options. */
export const samplerKind: Check = ofKind({
  need: 'a sampler, such as uniformSampler({ cohortSize: 10 })',
  fits: (value) => hasMethods(value, ['sample']),
  advice: (value) => (Number.isSafeInteger(value) ? `Write uniformSampler({ cohortSize: ${value} })` : null),
});
