// The joint graph of a step, forward and backward: where its parts stand, and what depends on what.
import type { GraphNode, KernelGraph, ValueId } from '../../graph/kernel-graph.js';
import { nodeInputs, nodeOutputs } from '../../graph/walk.js';
import { isFloat, type JointTrace, type ScanTrace } from './scan-trace.js';

/** Where the parts of the joint graph's inputs and outputs stand. */
export function jointLayout(trace: ScanTrace, { graph, captures }: JointTrace) {
  const states = trace.state.length;
  const elements = trace.element.length;
  const results = trace.results.length;
  const floats = (specs: readonly { readonly dtype: string }[]): number => specs.filter(isFloat).length;
  const cotangents = floats(trace.state) + floats(trace.results);
  const [state = [], element = [], stateCotangents = [], resultCotangents = [], drawn = [], captured = []] =
    cut(
      graph.inputs,
      states,
      elements,
      floats(trace.state),
      cotangents - floats(trace.state),
      trace.draws.length,
      captures.length,
    );
  const [primal = [], stateGradients = [], elementGradients = [], captureGradients = []] = cut(
    graph.outputs,
    states + results,
    floats(trace.state),
    floats(trace.element),
    floats(trace.captured),
  );
  return {
    ...{ state, element, stateCotangents, resultCotangents, drawn, captured },
    ...{ primal, stateGradients, elementGradients, captureGradients },
  };
}

/** Every value that depends on one of `roots`. */
export function dependents(graph: KernelGraph, roots: readonly ValueId[]): ReadonlySet<ValueId> {
  const found = new Set(roots);
  for (const node of graph.nodes) {
    if (!nodeInputs(node).some((id) => found.has(id))) continue;
    for (const id of nodeOutputs(node)) found.add(id);
  }
  return found;
}

/** The graph's nodes but those that make one of `values`. */
export function without(graph: KernelGraph, values: ReadonlySet<ValueId>): readonly GraphNode[] {
  return graph.nodes.filter((node) => !nodeOutputs(node).some((id) => values.has(id)));
}

/** `ids` in pieces of the given sizes. */
function cut(ids: readonly ValueId[], ...sizes: readonly number[]): readonly (readonly ValueId[])[] {
  let end = 0;
  return sizes.map((size) => {
    end += size;
    return ids.slice(end - size, end);
  });
}
