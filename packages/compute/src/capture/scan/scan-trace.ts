// Traces of one step of a recurrence: forward alone, and where gradients are being taken, forward and backward in one
// graph, of which scan-gradient.ts makes the two recurrences.

import { simplifyGraph } from '../../cleaning/clean-graph.js';
import type { KernelGraph, ValueId, ValueSpec } from '../../graph/kernel-graph.js';
import { scoped, untaped } from '../../tensorflow/scopes.js';
import * as tf from '../../tensorflow/tf.js';
import { captureBackend } from '../recording/capture-backend.js';
import { CaptureError } from '../recording/capture-error.js';
import { withoutHiddenState } from '../recording/hidden-state.js';
import { type CapturedValue, Recording, StepDraws } from '../recording/recording.js';
import { tensorOf } from '../recording/structure.js';

export interface StepResult {
  readonly state: readonly tf.Tensor[];
  readonly results: readonly tf.Tensor[];
}

export type ScanStep = (state: readonly tf.Tensor[], element: readonly tf.Tensor[]) => StepResult;

export interface ScanTrace {
  readonly recording: Recording;
  /** Inputs: state, element, drawn numbers, captures. Outputs: new state, results. */
  readonly body: KernelGraph;
  readonly captures: readonly ValueId[];
  /** The tf.js tensors behind `captures`. */
  readonly captured: readonly tf.Tensor[];
  readonly state: readonly ValueSpec[];
  readonly element: readonly ValueSpec[];
  readonly results: readonly ValueSpec[];
  /** Numbers that the steps draw, for all steps: first axis `steps`. */
  readonly draws: readonly CapturedValue[];
  /** Where gradients are being taken. */
  readonly joint: JointTrace | null;
}

/**
 * One step, forward and backward. Inputs: state, element, cotangents of the new state and of the results (of float
 * leaves only), drawn numbers, captures. Outputs: new state, results, then gradients of state, element and captures (of
 * float leaves only).
 */
export interface JointTrace {
  readonly graph: KernelGraph;
  readonly captures: readonly ValueId[];
}

/** What a recurrence starts from and walks along: each sequence has the steps on its first axis. */
export interface ScanInputs {
  readonly initial: readonly tf.Tensor[];
  readonly sequences: readonly tf.Tensor[];
}

/** Traces `step` for slices of `sequences`; throws a `CaptureError` if the state would change its types. */
export function traceScan(
  outer: Recording,
  { sequences, initial }: ScanInputs,
  steps: number,
  step: ScanStep,
): ScanTrace {
  const state = initial.map((leaf) => captureBackend.graphValue(leaf).spec);
  const element = sequences.map((leaf) => {
    const { dtype, shape } = captureBackend.graphValue(leaf).spec;
    return { dtype, shape: shape.slice(1) };
  });
  const draws = new StepDraws(outer, steps);
  const recording = new Recording(outer, draws);
  const inputs = {
    state: state.map((spec) => recording.input(spec)),
    element: element.map((spec) => recording.input(spec)),
  };
  const outputs = captureBackend.within(recording, () =>
    untaped(() =>
      scoped(() => {
        const made = withoutHiddenState(recording, () =>
          step(inputs.state.map(tensorOf), inputs.element.map(tensorOf)),
        );
        return { state: made.state.map(graphValue), results: made.results.map(graphValue) };
      }),
    ),
  );
  checkState(state, outputs.state);
  const { captures } = recording;
  const captured = captures.map((id) => recording.outerTensors.get(id) as tf.Tensor);
  const results = outputs.results.map(({ spec }) => spec);
  const forward = {
    recording: outer,
    body: recording.finish([...outputs.state, ...outputs.results]),
    captures,
    captured,
    state,
    element,
    results,
    draws: draws.all,
  };
  const differentiable = tf.engine().state.gradientDepth > 0 && [...state, ...results].some(isFloat);
  return { ...forward, joint: differentiable ? traceJoint(draws, forward, step) : null };
}

function traceJoint(draws: StepDraws, forward: Omit<ScanTrace, 'joint'>, step: ScanStep): JointTrace {
  const { state, element, results, captured } = forward;
  const recording = new Recording(draws.outer, draws);
  const input = (spec: ValueSpec): CapturedValue => recording.input(spec);
  const stateInputs = state.map(input);
  const elementInputs = element.map(input);
  const cotangentInputs = [...state, ...results].filter(isFloat).map(input);
  const outputs = captureBackend.within(recording, () =>
    freshTape(() =>
      scoped(() => {
        const stateTensors = stateInputs.map(tensorOf);
        const elementTensors = elementInputs.map(tensorOf);
        const cotangents = cotangentInputs.map(tensorOf);
        const sources = [...stateTensors, ...elementTensors, ...captured].filter(isFloat);
        let primal: readonly CapturedValue[] = [];
        // The gradient of Σ ⟨cotangent, leaf⟩ is the vector-Jacobian product that is wanted.
        const { grads } = tf.engine().gradients(
          () => {
            const made = step(stateTensors, elementTensors);
            const leaves = [...made.state, ...made.results];
            primal = leaves.map(graphValue);
            const terms = leaves
              .filter(isFloat)
              .map((leaf, index) => tf.sum(tf.mul(leaf, cotangents[index] as tf.Tensor)));
            return terms.reduce((sum, term) => tf.add(sum, term));
          },
          sources,
          undefined as unknown as tf.Tensor,
          true,
        );
        const gradients = sources.map((source, index) => grads[index] ?? tf.zerosLike(source));
        return [...primal, ...gradients.map(graphValue)];
      }),
    ),
  );
  return { graph: simplifyGraph(recording.finish(outputs)), captures: recording.captures };
}

/** Only float32 has gradients. */
export function isFloat({ dtype }: { readonly dtype: string }): boolean {
  return dtype === 'float32';
}

function graphValue(tensor: tf.Tensor): CapturedValue {
  return captureBackend.graphValue(tensor);
}

function checkState(before: readonly ValueSpec[], after: readonly CapturedValue[]): void {
  for (const [index, { spec }] of after.entries()) {
    const { dtype, shape } = before[index] as ValueSpec;
    if (spec.dtype === dtype && tf.util.arraysEqual([...spec.shape], [...shape])) continue;
    throw new CaptureError(
      'bad-result',
      `Cannot scan: the state must keep its types, leaf ${index} was ${dtype}[${shape}] and became ${spec.dtype}[${spec.shape}]`,
    );
  }
}

/** Runs with a tape of its own, so that gradients taken within see nothing of the enclosing one. */
function freshTape<T>(run: () => T): T {
  const { state } = tf.engine();
  const { activeTape, gradientDepth, kernelDepth } = state;
  Object.assign(state, { activeTape: null, gradientDepth: 0, kernelDepth: 0 });
  try {
    return run();
  } finally {
    Object.assign(state, { activeTape, gradientDepth, kernelDepth });
  }
}
