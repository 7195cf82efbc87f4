// The gradient of a scan. One joint graph of a step, forward and backward, is cut in two (split-step.ts); the backward
// scan walks the other way. Gradients of what all steps read (weights) are sums over the steps: where a step's part is
// a matrix product, one large product after the walk does for all steps (scan-sum.ts); others are carried as running
// sums.
import type { KernelGraph, ValueId, ValueSpec } from '../../graph/kernel-graph.js';
import type { CapturedValue, Recording } from '../recording/recording.js';
import { dependents, jointLayout } from './joint-step.js';
import type { RecordedScan } from './recorded-scan.js';
import { RunningSums } from './running-sums.js';
import { planSum, type StepSum } from './scan-sum.js';
import { isFloat } from './scan-trace.js';

/**
 * Records the backward scan. `cotangents` are those of the last state and of the stacked results (float leaves only).
 * Gives the gradients of initial state, sequences and captured tensors; `null` if a leaf is not float.
 */
export function emitBackward(
  { trace, walk, split, sequences, stacked }: RecordedScan,
  cotangents: readonly CapturedValue[],
): readonly (CapturedValue | null)[] {
  const { joint, recording } = trace;
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
  const body = new RunningSums(graph);
  const running = layout.captureGradients.map((id, index) =>
    sums[index] === null ? body.runningSum(id) : null,
  );
  const runningSums = running.filter((each) => each !== null);
  const handedOut = [
    ...new Set([...layout.elementGradients, ...sums.flatMap((sum) => sum?.reads ?? [])]),
  ].filter((id) => !stacks.has(id));

  const outputs = recordBackward(recording, {
    walk: { steps: walk.steps, reverse: !walk.reverse },
    initial: [...cotangents.slice(0, states), ...runningSums.map(({ spec }) => zeros(recording, spec))],
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
      : sum.afterwards(recording, stack, walk.steps),
  );
  return [
    ...spread(trace.state, outputs.slice(0, states)),
    ...spread(trace.element, layout.elementGradients.map(stack)),
    ...spread(trace.captured, captureGradients),
  ];
}

function recordBackward(
  recording: Recording,
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
    return recording.value({ dtype, shape: index < scan.initial.length ? shape : [walk.steps, ...shape] });
  });
  recording.node({
    op: 'scan',
    ...walk,
    sequences: scan.sequences.map((value) => recording.read(value)),
    initial: scan.initial.map((value) => recording.read(value)),
    captures: scan.captures,
    body,
    outputs: outputs.map(({ id }) => id),
  });
  return outputs;
}

function zeros(recording: Recording, { dtype, shape }: ValueSpec): CapturedValue {
  return recording.kernel('Fill', {}, { shape, value: 0, dtype })[0] as CapturedValue;
}

/** Gradients at the places of float leaves. */
function spread(
  leaves: readonly { readonly dtype: string }[],
  gradients: readonly CapturedValue[],
): readonly (CapturedValue | null)[] {
  let next = 0;
  return leaves.map((leaf) => (isFloat(leaf) ? (gradients[next++] as CapturedValue) : null));
}
