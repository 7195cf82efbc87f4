// The contract case of every kernel, complete by type.
import type { Kernel } from '../../graph/kernels.js';
import type { KernelCase } from '../drawing/kernel-case.js';
import { binaryCases, unaryCases } from './elementwise-cases.js';
import { movementCases } from './movement-cases.js';
import { neuralCases } from './neural-cases.js';
import { otherReductionCases, reductionCases } from './reduction-cases.js';

export const kernelCases = {
  ...unaryCases,
  ...binaryCases,
  ...reductionCases,
  ...otherReductionCases,
  ...movementCases,
  ...neuralCases,
} satisfies Record<Kernel, KernelCase>;
