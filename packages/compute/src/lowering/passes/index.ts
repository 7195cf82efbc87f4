// The passes over a lowered graph, in order: what makes it fast without changing what it computes, beyond rounding.
import type { OnnxGraph } from '../onnx-model.js';
import { applyPass, type Pass, removeDeadNodes } from '../rewrite-graph.js';
import { deferStacked } from './defer-stacked.js';
import { fewRowProducts } from './few-row-products.js';
import { fuseConvolutionBias } from './fuse-convolution-bias.js';
import { fuseGemm } from './fuse-gemm.js';
import { fuseLogSoftmax } from './fuse-log-softmax.js';
import { hoistInvariants } from './hoist-invariants.js';
import { precomputeSteps } from './precompute-steps.js';
import { reluMasks } from './relu-masks.js';
import { shareCommon } from './share-common.js';
import { simplify } from './simplify.js';
import { sinkSqueezes } from './sink-squeezes.js';
import { sinkTransposes } from './sink-transposes.js';
import { splitSlices } from './split-slices.js';

/** Run until nothing moves any more; each round brings nodes one step nearer to their partners. */
const cleaning = (): readonly Pass[] => [simplify, sinkSqueezes, sinkTransposes, shareCommon()];

const fusing = (): readonly Pass[] => [fuseLogSoftmax, reluMasks(), fuseConvolutionBias, fuseGemm];

const CLEANING_ROUNDS = 4;

export function optimize(graph: OnnxGraph): OnnxGraph {
  let current = graph;
  for (let round = 0; round < CLEANING_ROUNDS; round++) current = applyAll(current, cleaning());
  current = applyAll(current, fusing());
  for (let round = 0; round < CLEANING_ROUNDS; round++) current = applyAll(current, cleaning());
  current = applyAll(current, [precomputeSteps, fewRowProducts, deferStacked, simplify, shareCommon()]);
  return removeDeadNodes(splitSlices(hoistInvariants(current)));
}

const applyAll = (graph: OnnxGraph, passes: readonly Pass[]): OnnxGraph => passes.reduce(applyPass, graph);
