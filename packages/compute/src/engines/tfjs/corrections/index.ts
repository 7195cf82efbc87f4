// Kernels that tf.js has wrong at an edge, computed here instead on whatever backend: what the tfjs engine replays, and
// what constant folding computes with, so that both mean what docs/kernels.md says.
import type { Kernel } from '../../../graph/kernels.js';
import { elementwiseCorrections } from './elementwise.js';
import { indexingCorrections } from './indexing.js';
import type { Correction } from './numbers.js';
import { reductionCorrections } from './reductions.js';

export const corrections: { readonly [K in Kernel]?: Correction } = {
  ...elementwiseCorrections,
  ...reductionCorrections,
  ...indexingCorrections,
};
