// The shape rule of every kernel, complete by type.
import type { Kernel } from './kernels.js';
import type { ShapeRule } from './shape-rule.js';
import { binaryRules, otherElementwiseRules, unaryRules } from './shape-rules/elementwise.js';
import { movementRules } from './shape-rules/movement.js';
import { neuralRules } from './shape-rules/neural.js';
import { otherReductionRules, reductionRules } from './shape-rules/reductions.js';

export const shapeRules = {
  ...unaryRules,
  ...binaryRules,
  ...reductionRules,
  ...otherElementwiseRules,
  ...otherReductionRules,
  ...movementRules,
  ...neuralRules,
} satisfies Record<Kernel, ShapeRule>;
