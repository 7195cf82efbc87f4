// The scan as tf.js sees it: a kernel of the capture backend with several outputs, and its gradient.
import type { ValueId, ValueSpec } from '../../graph/kernel-graph.js';
import * as tf from '../../tensorflow/tf.js';
import { CAPTURE_BACKEND, captureBackend } from '../recording/capture-backend.js';
import { CaptureError } from '../recording/capture-error.js';
import type { CapturedValue } from '../recording/recording.js';
import { tensorOf } from '../recording/structure.js';
import type { RecordedScan, ScanWalk } from './recorded-scan.js';
import { emitBackward } from './scan-gradient.js';
import { isFloat, type ScanInputs, type ScanTrace } from './scan-trace.js';
import { splitJoint } from './split-step.js';

const SCAN_KERNEL = 'StarlingScan';

/** Records the scan; gives the last state, then the stacked results. */
export function runScan(trace: ScanTrace, inputs: ScanInputs, walk: ScanWalk): tf.Tensor[] {
  register();
  const tensors = [...inputs.initial, ...inputs.sequences, ...trace.captured];
  const named = Object.fromEntries(tensors.map((tensor, index) => [`${index}`, tensor]));
  // The kernel hands itself over as an attribute: its gradient gets the same object.
  const call = { trace, walk, recorded: null as RecordedScan | null };
  return tf.engine().runKernel<tf.Tensor[]>(SCAN_KERNEL, named, { call } as unknown as tf.NamedAttrMap);
}

interface ScanCall {
  readonly trace: ScanTrace;
  readonly walk: ScanWalk;
  recorded: RecordedScan | null;
}

function record(call: ScanCall, values: readonly CapturedValue[]): readonly CapturedValue[] {
  const { trace, walk } = call;
  const { recording } = trace;
  const split = trace.joint === null ? null : splitJoint(trace, trace.joint);
  const initial = values.slice(0, trace.state.length);
  const sequences = values.slice(trace.state.length, trace.state.length + trace.element.length);
  const stack = (id: ValueId): CapturedValue => {
    const { dtype, shape } = body.values[id] as (typeof body.values)[number];
    return recording.value({ dtype, shape: [walk.steps, ...shape] });
  };
  const { body, captures } = split === null ? trace : split.forward;
  const last = trace.state.map((spec) => recording.value(spec));
  const stacked = body.outputs.slice(last.length).map(stack);
  recording.node({
    op: 'scan',
    steps: walk.steps,
    reverse: walk.reverse,
    sequences: [...sequences, ...trace.draws].map((value) => recording.read(value)),
    initial: initial.map((value) => recording.read(value)),
    captures,
    body,
    outputs: [...last, ...stacked].map(({ id }) => id),
  });
  call.recorded = { trace, walk, split, initial, sequences, stacked };
  return [...last, ...stacked.slice(0, trace.results.length)];
}

let registered = false;

function register(): void {
  if (registered) return;
  registered = true;
  tf.registerKernel({
    kernelName: SCAN_KERNEL,
    backendName: CAPTURE_BACKEND,
    kernelFunc: ({ inputs, attrs }) => {
      const { call } = attrs as unknown as { call: ScanCall };
      const values = Object.values(inputs).map((input) => captureBackend.graphValue(input as tf.TensorInfo));
      return record(call, values).map((value) => captureBackend.hold(value));
    },
  });
  tf.registerGradient({
    kernelName: SCAN_KERNEL,
    gradFunc: (dys, _saved, attrs) => {
      const { call } = attrs as unknown as { call: ScanCall };
      const recorded = call.recorded as RecordedScan;
      if (tf.engine().state.gradientDepth > 0) {
        throw new CaptureError(
          'bad-kernel-call',
          'Cannot take the gradient of a gradient of scan (or of a recurrent layer): only first gradients are known',
        );
      }
      // tf.js passes the cotangent of a single output bare.
      const cotangents = [dys]
        .flat()
        .filter(isFloat)
        .map((dy) => captureBackend.graphValue(dy));
      const { trace, initial, sequences } = recorded;
      const inputs = [
        ...initial.map(({ spec }) => spec),
        ...sequences.map(({ spec }) => spec),
        ...trace.captured,
      ];
      const gradients = emitBackward(recorded, cotangents);
      return Object.fromEntries(
        gradients.map((gradient, index) => [
          `${index}`,
          // Integers have no gradient, but tf.js asks for one where they were made from floats.
          () => (gradient === null ? tf.zeros([...(inputs[index] as ValueSpec).shape]) : tensorOf(gradient)),
        ]),
      );
    },
  });
}
