// Registers the capture backend with tf.js, and for it a recording function for every kernel: those of a kernel
// graph, composites (recorded as their parts), and, for all others that tf.js has, an error.

import { isKernel, KERNELS, type Kernel } from '../graph/kernels.js';
import { onBackend } from '../tensorflow/scopes.js';
import {
  getKernelsForBackend,
  type NamedAttrMap,
  type NamedTensorInfoMap,
  registerBackend,
  registerKernel,
  type TensorInfo,
} from '../tensorflow/tf.js';
import { composites } from './composites/composites.js';
import { CAPTURE_BACKEND, captureBackend } from './recording/capture-backend.js';
import { CaptureError } from './recording/capture-error.js';
import { refuseEagerHabits } from './recording/eager-habits.js';
import { refuseEndedTensors } from './recording/ended-tensors.js';
import { refuseStatefulOptimizers } from './recording/hidden-state.js';
import { plainAttributes } from './recording/plain-attributes.js';
import { drawError } from './recording/randomness.js';
import type { CapturedValue } from './recording/recording.js';
import { refuseTensorHabits } from './recording/tensor-habits.js';
import { captureRecurrentLayers } from './scan/recurrent-layers.js';

function record(
  kernel: Kernel,
  inputs: NamedTensorInfoMap | TensorInfo[],
  attrs: NamedAttrMap,
): TensorInfo[] {
  const values: Record<string, CapturedValue | readonly CapturedValue[]> = {};
  if (Array.isArray(inputs)) {
    values['tensors'] = inputs.map((input) => captureBackend.graphValue(input));
  } else {
    for (const [name, input] of Object.entries(inputs)) {
      if (input !== undefined && input !== null) values[name] = captureBackend.graphValue(input);
    }
  }
  try {
    const outputs = captureBackend.recording.kernel(kernel, values, plainAttributes(attrs));
    return outputs.map((output) => captureBackend.hold(output));
  } catch (error) {
    if (error instanceof CaptureError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new CaptureError('bad-kernel-call', `Cannot capture the kernel ${kernel}: ${reason}`, {
      cause: error,
    });
  }
}

function unknownKernel(kernel: string): CaptureError {
  return new CaptureError(
    'unknown-kernel',
    `Cannot capture the tf.js kernel ${kernel}: it has no shape rule. Write the computation with other tf operations, compute it before and pass it as a parameter, or add the kernel to compute's graph/kernels.ts`,
  );
}

let registered = false;

/** Makes the capture backend known to tf.js; does so once. */
function registerCaptureBackend(): void {
  if (registered) return;
  registered = true;
  captureRecurrentLayers();
  refuseStatefulOptimizers();
  refuseEndedTensors(() => (captureBackend.capturing ? captureBackend.recording.outermost : null));
  refuseEagerHabits();
  refuseTensorHabits();
  registerBackend(CAPTURE_BACKEND, () => captureBackend, 0);
  for (const kernel of KERNELS) {
    registerKernel({
      kernelName: kernel,
      backendName: CAPTURE_BACKEND,
      kernelFunc: ({ inputs, attrs }) => {
        const outputs = record(kernel, inputs, attrs ?? {});
        return outputs.length === 1 ? (outputs[0] as TensorInfo) : outputs;
      },
    });
  }
  for (const [kernelName, kernelFunc] of Object.entries(composites)) {
    registerKernel({ kernelName, backendName: CAPTURE_BACKEND, kernelFunc });
  }
  for (const { kernelName } of getKernelsForBackend('cpu')) {
    if (isKernel(kernelName) || kernelName in composites) continue;
    registerKernel({
      kernelName,
      backendName: CAPTURE_BACKEND,
      kernelFunc: () => {
        throw kernelName === 'Multinomial' ? drawError('tf.multinomial') : unknownKernel(kernelName);
      },
    });
  }
}

/** Runs `body` with the capture backend active, and gives tf.js its former backend back, also on a throw. */
export function withCaptureBackend<T>(body: () => T): T {
  registerCaptureBackend();
  return onBackend(CAPTURE_BACKEND, body);
}
