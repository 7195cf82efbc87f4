// The lowering of every kernel: a table that does not type-check unless it is complete. A new kernel is a name
// in `graph/kernels.ts` and a rule in one of these files.
import type { Kernel } from '../../graph/kernels.js';
import { binaryRules } from './binary.js';
import { convolutionRules } from './convolution.js';
import { indexingRules } from './indexing.js';
import type { LoweringRule } from './lowering-rule.js';
import { movementRules } from './movement.js';
import { neuralRules } from './neural.js';
import { poolingRules } from './pooling.js';
import { reductionRules } from './reduction.js';
import { resizeRules } from './resize.js';
import { unaryRules } from './unary.js';

export const loweringRules = {
  ...unaryRules,
  ...binaryRules,
  ...reductionRules,
  ...movementRules,
  ...indexingRules,
  ...neuralRules,
  ...convolutionRules,
  ...poolingRules,
  ...resizeRules,
} as const satisfies Record<Kernel, LoweringRule>;
