// The float64 reference of every kernel, complete by type: what the engine contract holds every engine to. Written from
// the definitions, and apart from both engines.
import type { Kernel } from '../../graph/kernels.js';
import { binaryReferences, otherElementwiseReferences, unaryReferences } from './elementwise.js';
import { movementReferences } from './movement.js';
import { neuralReferences } from './neural.js';
import { otherReductionReferences, reductionReferences } from './reductions.js';
import type { Reference } from './values.js';

export const references: { readonly [K in Kernel]: Reference } = {
  ...unaryReferences,
  ...binaryReferences,
  ...otherElementwiseReferences,
  ...reductionReferences,
  ...otherReductionReferences,
  ...movementReferences,
  ...neuralReferences,
};
