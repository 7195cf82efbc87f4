// Cuts the joint graph of a step between forward and backward. The forward step also gives out what the backward step
// reads of it.
import type { KernelGraph, ValueId } from '../../graph/kernel-graph.js';
import { nodeInputs, nodeOutputs } from '../../graph/walk.js';
import { dependents, jointLayout, without } from './joint-step.js';
import type { JointTrace, ScanTrace } from './scan-trace.js';

export interface SplitStep {
  /** Inputs: state, element, drawn numbers, captures. Outputs: new state, results, residuals. */
  readonly forward: { readonly body: KernelGraph; readonly captures: readonly ValueId[] };
  /** Values of the joint graph that the forward step hands to the backward step; the last outputs of `forward`. */
  readonly residuals: readonly ValueId[];
}

/** Cuts the joint graph of a step between forward and backward. */
export function splitJoint(trace: ScanTrace, joint: JointTrace): SplitStep {
  const { graph } = joint;
  const layout = jointLayout(trace, joint);
  const backward = dependents(graph, [...layout.stateCotangents, ...layout.resultCotangents]);
  const walked = [...layout.element, ...layout.drawn];
  const stepwise = dependents(graph, [...layout.state, ...walked]);
  const elements = new Set(walked);
  const gradients = [...layout.stateGradients, ...layout.elementGradients, ...layout.captureGradients];
  const readBackward = [
    ...gradients,
    ...graph.nodes.filter((node) => nodeOutputs(node).some((id) => backward.has(id))).flatMap(nodeInputs),
  ];
  // Elements are at hand as sequences; what does not change from step to step is computed anew.
  const isResidual = (id: ValueId): boolean => stepwise.has(id) && !backward.has(id) && !elements.has(id);
  const residuals = [...new Set(readBackward.filter(isResidual))];
  const inputs = [...layout.state, ...walked, ...layout.captured];
  return {
    forward: {
      body: { ...graph, inputs, outputs: [...layout.primal, ...residuals], nodes: without(graph, backward) },
      captures: joint.captures,
    },
    residuals,
  };
}
