// The passes over a lowered graph, in order: what makes it fast without changing what it computes, beyond rounding.

import { applyPass, type Pass, removeDeadNodes } from '../builder/rewrite-graph.js';
import { type OnnxGraph, subgraphOf } from '../model/onnx-model.js';
import { blockSums } from './clean/block-sums.js';
import { divideFactors } from './clean/divide-factors.js';
import { hoistInvariants } from './clean/hoist-invariants.js';
import { joinTransposes } from './clean/join-transposes.js';
import { mergeAxes } from './clean/merge-axes.js';
import { shareCommon } from './clean/share-common.js';
import { simplify } from './clean/simplify.js';
import { sinkSqueezes } from './clean/sink-squeezes.js';
import { sinkTransposes } from './clean/sink-transposes.js';
import { splitSlices } from './clean/split-slices.js';
import { biasRows } from './fuse/bias-rows.js';
import { fewRowProducts } from './fuse/few-row-products.js';
import { fuseConvolutionBias } from './fuse/fuse-convolution-bias.js';
import { fuseGemm } from './fuse/fuse-gemm.js';
import { fuseLogSoftmax } from './fuse/fuse-log-softmax.js';
import { orderRows } from './fuse/order-rows.js';
import { reluMasks } from './fuse/relu-masks.js';
import { advanceScanned } from './scan/advance-scanned.js';
import { constantCarries } from './scan/constant-carries.js';
import { deferStacked } from './scan/defer-stacked.js';
import { precomputeSteps } from './scan/precompute-steps.js';
import { totalsOutside } from './scan/totals-outside.js';
import { expandTiles } from './tile/expand-tiles.js';
import { liftTiles } from './tile/lift-tiles.js';
import { sinkTiles } from './tile/sink-tiles.js';

/** While images are in tiles; transposes wait. */
const tiling = (): readonly Pass[] => [simplify, sinkSqueezes, sinkTiles, liftTiles, shareCommon()];

/** Each round brings nodes one step nearer to their partners. */
const cleaning = (): readonly Pass[] => [simplify, sinkSqueezes, sinkTransposes, shareCommon()];

const fusing = (): readonly Pass[] => [
  divideFactors,
  fuseLogSoftmax,
  reluMasks(),
  fuseConvolutionBias,
  fuseGemm,
  biasRows(),
];

const finishing = (): readonly Pass[] => [
  precomputeSteps,
  totalsOutside,
  constantCarries,
  simplify,
  fewRowProducts,
  deferStacked,
  advanceScanned,
  simplify,
  shareCommon(),
];

/** The same function, faster; the same graph gives the same graph. */
export function optimize(graph: OnnxGraph): OnnxGraph {
  const tiled = untilStill(graph, tiling);
  const cleaned = untilStill(applyPass(tiled, expandTiles), cleaning);
  const fused = untilStill(applyAll(cleaned, fusing()), cleaning);
  const hoisted = splitSlices(hoistInvariants(applyAll(fused, finishing())));
  return removeDeadNodes(applyAll(hoisted, [blockSums, joinTransposes, mergeAxes, orderRows, simplify]));
}

const applyAll = (graph: OnnxGraph, passes: readonly Pass[]): OnnxGraph => passes.reduce(applyPass, graph);

/** More than the deepest chain of transposes seen so far needs; a limit only so that it ends. */
const MOST_ROUNDS = 12;

function untilStill(graph: OnnxGraph, passes: () => readonly Pass[]): OnnxGraph {
  let current = graph;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const before = outline(current);
    current = applyAll(current, passes());
    if (outline(current) === before) break;
  }
  return current;
}

/** Operators and what they read: equal for a graph that a round of passes left as it was. */
function outline(graph: OnnxGraph): string {
  return graph.nodes
    .map((node) => {
      const body = subgraphOf(node);
      const inputs = node.inputs.map((input) => input?.name ?? '').join();
      return `${node.op}(${inputs})${body ? `{${outline(body)}}` : ''}`;
    })
    .join();
}
