// The gradient of a scan. One joint graph of a step, forward and backward, is cut in two: the forward scan also gives
// out, for each step, what the backward step reads; the backward scan walks the other way. Gradients of what all steps
// read (weights) are sums over the steps: where a step's part is a matrix product, one large product after the walk does
// for all steps (scan-sum.ts); others are carried as running sums.
import type { GraphNode, KernelGraph, ValueId, ValueSpec } from '../graph/kernel-graph.js';
import { nodeInputs, nodeOutputs } from '../graph/walk.js';
import type { CapturedValue, Frame } from './frame.js';
import type { RecordedScan } from './scan-kernel.js';
import { planSum, type StepSum } from './scan-sum.js';
import { isFloat, type JointTrace, type ScanTrace } from './scan-trace.js';

export interface SplitStep {
  /** Inputs: state, element, drawn numbers, captures. Outputs: new state, results, residuals. */
  readonly forward: { readonly body: KernelGraph; readonly captures: readonly ValueId[] };
  /** Values of the joint graph that the forward step hands to the backward step; the last outputs of `forward`. */
  readonly residuals: readonly ValueId[];
}

/** Where the parts of the joint graph's inputs and outputs stand. */
function jointLayout(trace: ScanTrace, { graph, captures }: JointTrace) {
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

/** `ids` in pieces of the given sizes. */
function cut(ids: readonly ValueId[], ...sizes: readonly number[]): readonly (readonly ValueId[])[] {
  let end = 0;
  return sizes.map((size) => {
    end += size;
    return ids.slice(end - size, end);
  });
}

/** Every value that depends on one of `roots`. */
function dependents(graph: KernelGraph, roots: readonly ValueId[]): ReadonlySet<ValueId> {
  const found = new Set(roots);
  for (const node of graph.nodes) {
    if (!nodeInputs(node).some((id) => found.has(id))) continue;
    for (const id of nodeOutputs(node)) found.add(id);
  }
  return found;
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

function without(graph: KernelGraph, values: ReadonlySet<ValueId>): readonly GraphNode[] {
  return graph.nodes.filter((node) => !nodeOutputs(node).some((id) => values.has(id)));
}

/**
 * Records the backward scan. `cotangents` are those of the last state and of the stacked results (float leaves only). Gives
 * the gradients of initial state, sequences and captured tensors; `null` where a leaf is not float.
 */
export function emitBackward(
  { trace, walk, split, sequences, stacked }: RecordedScan,
  cotangents: readonly CapturedValue[],
): readonly (CapturedValue | null)[] {
  const { joint, frame } = trace;
  if (joint === null || split === null)
    throw new Error('Cannot take a gradient of a scan traced without one');
  const { graph } = joint;
  const layout = jointLayout(trace, joint);
  const states = layout.stateCotangents.length;
  const stacks = new Map<ValueId, CapturedValue>();
  const sequenceInputs: ValueId[] = [];
  const provide = (id: ValueId, value: CapturedValue): void => {
    stacks.set(id, value);
    sequenceInputs.push(id);
  };
  for (const [index, id] of layout.resultCotangents.entries())
    provide(id, cotangents[states + index] as CapturedValue);
  for (const [index, id] of split.residuals.entries())
    provide(id, stacked[trace.results.length + index] as CapturedValue);
  for (const [index, id] of layout.element.entries()) provide(id, sequences[index] as CapturedValue);
  for (const [index, id] of layout.drawn.entries()) provide(id, trace.draws[index] as CapturedValue);

  const stepwise = dependents(graph, [...layout.stateCotangents, ...sequenceInputs]);
  const sums = layout.captureGradients.map((id) => planSum(graph, id, stepwise));
  const body = new BodyExtension(graph);
  const running = layout.captureGradients.map((id, index) =>
    sums[index] === null ? body.runningSum(id) : null,
  );
  const runningSums = running.filter((each) => each !== null);
  const handedOut = [
    ...new Set([...layout.elementGradients, ...sums.flatMap((sum) => sum?.reads ?? [])]),
  ].filter((id) => !stacks.has(id));

  const outputs = recordBackward(frame, {
    walk: { steps: walk.steps, reverse: !walk.reverse },
    initial: [...cotangents.slice(0, states), ...runningSums.map(({ spec }) => zeros(frame, spec))],
    sequences: sequenceInputs.map((id) => stacks.get(id) as CapturedValue),
    captures: joint.captures,
    body: {
      ...body.graph(new Set(sequenceInputs)),
      inputs: [
        ...layout.stateCotangents,
        ...runningSums.map(({ before }) => before),
        ...sequenceInputs,
        ...layout.captured,
      ],
      outputs: [...layout.stateGradients, ...runningSums.map(({ after }) => after), ...handedOut],
    },
  });
  for (const [index, id] of handedOut.entries()) {
    stacks.set(id, outputs[states + runningSums.length + index] as CapturedValue);
  }

  const stack = (id: ValueId): CapturedValue => stacks.get(id) as CapturedValue;
  let runningIndex = 0;
  const captureGradients = sums.map((sum: StepSum | null) =>
    sum === null
      ? (outputs[states + runningIndex++] as CapturedValue)
      : sum.afterwards(frame, stack, walk.steps),
  );
  return [
    ...spread(trace.state, outputs.slice(0, states)),
    ...spread(trace.element, layout.elementGradients.map(stack)),
    ...spread(trace.captured, captureGradients),
  ];
}

/** The joint graph with running sums added. */
class BodyExtension {
  readonly #values: ValueSpec[];
  readonly #nodes: GraphNode[] = [];

  constructor(readonly joint: KernelGraph) {
    this.#values = [...joint.values];
  }

  runningSum(term: ValueId): { readonly before: ValueId; readonly after: ValueId; readonly spec: ValueSpec } {
    const spec = this.#values[term] as ValueSpec;
    const before = this.#values.push(spec) - 1;
    const after = this.#values.push(spec) - 1;
    this.#nodes.push({
      op: 'kernel',
      kernel: 'Add',
      inputs: { a: before, b: term },
      attributes: {},
      outputs: [after],
    });
    return { before, after, spec };
  }

  /** Without the nodes that make what the body takes as an input. */
  graph(given: ReadonlySet<ValueId>): Pick<KernelGraph, 'values' | 'constants' | 'nodes'> {
    return {
      values: this.#values,
      constants: this.joint.constants,
      nodes: [...without(this.joint, given), ...this.#nodes],
    };
  }
}

function recordBackward(
  frame: Frame,
  scan: {
    readonly walk: { readonly steps: number; readonly reverse: boolean };
    readonly initial: readonly CapturedValue[];
    readonly sequences: readonly CapturedValue[];
    readonly captures: readonly ValueId[];
    readonly body: KernelGraph;
  },
): readonly CapturedValue[] {
  const { walk, body } = scan;
  const outputs = body.outputs.map((id, index) => {
    const { dtype, shape } = body.values[id] as ValueSpec;
    return frame.value({ dtype, shape: index < scan.initial.length ? shape : [walk.steps, ...shape] });
  });
  frame.node({
    op: 'scan',
    ...walk,
    sequences: scan.sequences.map((value) => frame.read(value)),
    initial: scan.initial.map((value) => frame.read(value)),
    captures: scan.captures,
    body,
    outputs: outputs.map(({ id }) => id),
  });
  return outputs;
}

function zeros(frame: Frame, { dtype, shape }: ValueSpec): CapturedValue {
  return frame.kernel('Fill', {}, { shape, value: 0, dtype })[0] as CapturedValue;
}

/** Gradients at the places of float leaves. */
function spread(
  leaves: readonly { readonly dtype: string }[],
  gradients: readonly CapturedValue[],
): readonly (CapturedValue | null)[] {
  let next = 0;
  return leaves.map((leaf) => (isFloat(leaf) ? (gradients[next++] as CapturedValue) : null));
}
