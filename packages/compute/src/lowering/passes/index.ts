// The passes over a lowered graph, in order: what makes it fast without changing what it computes, beyond rounding.
import { type OnnxGraph, subgraphOf } from '../onnx-model.js';
import { applyPass, type Pass, removeDeadNodes } from '../rewrite-graph.js';
import { advanceScanned } from './advance-scanned.js';
import { biasRows } from './bias-rows.js';
import { blockSums } from './block-sums.js';
import { constantCarries } from './constant-carries.js';
import { deferStacked } from './defer-stacked.js';
import { divideFactors } from './divide-factors.js';
import { expandTiles } from './expand-tiles.js';
import { fewRowProducts } from './few-row-products.js';
import { fuseConvolutionBias } from './fuse-convolution-bias.js';
import { fuseGemm } from './fuse-gemm.js';
import { fuseLogSoftmax } from './fuse-log-softmax.js';
import { hoistInvariants } from './hoist-invariants.js';
import { joinTransposes } from './join-transposes.js';
import { liftTiles } from './lift-tiles.js';
import { mergeAxes } from './merge-axes.js';
import { orderRows } from './order-rows.js';
import { precomputeSteps } from './precompute-steps.js';
import { reluMasks } from './relu-masks.js';
import { shareCommon } from './share-common.js';
import { simplify } from './simplify.js';
import { sinkSqueezes } from './sink-squeezes.js';
import { sinkTiles } from './sink-tiles.js';
import { sinkTransposes } from './sink-transposes.js';
import { splitSlices } from './split-slices.js';
import { totalsOutside } from './totals-outside.js';

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
