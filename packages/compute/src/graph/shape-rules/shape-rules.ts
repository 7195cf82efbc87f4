// The shape rule of every kernel, complete by type.
import type { Kernel } from '../kernels.js';
import { binaryRules, otherElementwiseRules, unaryRules } from './elementwise.js';
import { movementRules } from './movement.js';
import { neuralRules } from './neural.js';
import { otherReductionRules, reductionRules } from './reductions.js';
import type { ShapeRule } from './shape-rule.js';

export const shapeRules = {
  ...unaryRules,
  ...binaryRules,
  ...reductionRules,
  ...otherElementwiseRules,
  ...otherReductionRules,
  ...movementRules,
  ...neuralRules,
} satisfies Record<Kernel, ShapeRule>;
