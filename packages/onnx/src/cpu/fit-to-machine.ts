// Fits a model to the machine: what the onnx engine does with the bytes of an artifact before it makes a session. The
// artifact itself stays portable; every onnx engine of a machine fits it alike, so that all runtimes there give the
// same bits.

import { applyPass, removeDeadNodes } from '../builder/rewrite-graph.js';
import { decodeModel } from '../model/decode-model.js';
import { encodeModel } from '../model/encode-model.js';
import { hoistInvariants } from '../passes/clean/hoist-invariants.js';
import { joinTransposes } from '../passes/clean/join-transposes.js';
import { mergeAxes } from '../passes/clean/merge-axes.js';
import { shareCommon } from '../passes/clean/share-common.js';
import { simplify } from '../passes/clean/simplify.js';
import { blockConvolutions } from './block-convolutions.js';
import { scanOverSteps } from './scan-over-steps.js';
import { zerosIfAny } from './zeros-if-any.js';

/**
 * The model, to be run with datasets of at least one step. `blockSize` as `probeBlockSize` found it, or `null`; a model
 * that is not Starling's own is left as it is.
 */
export function fitToMachine(model: Uint8Array, blockSize: number | null): Uint8Array {
  const graph = decoded(model);
  if (graph === null) return model;
  const blocks = blockSize === null ? [] : [blockConvolutions(blockSize)];
  const fitted = hoistInvariants(
    [...blocks, scanOverSteps, simplify, shareCommon()].reduce(applyPass, graph),
  );
  // Filters laid out once before a walk may meet transposes that stood before it already.
  return encodeModel(
    removeDeadNodes([joinTransposes, mergeAxes, simplify, zerosIfAny].reduce(applyPass, fitted)),
  );
}

function decoded(model: Uint8Array): ReturnType<typeof decodeModel> | null {
  try {
    return decodeModel(model);
  } catch {
    return null;
  }
}
