// The backend on which bodies run eagerly: tf.js's cpu backend, whose tensors it shares, with the kernels of the
// engines, so that values at the edges are theirs, and with an eye on each kernel's result (non-finite-watch.ts).
import { runKernel } from '../../engines/tfjs/tfjs-kernels.js';
import type { GraphDType, ValueSpec } from '../../graph/kernel-graph.js';
import { isKernel, KERNELS, type Kernel } from '../../graph/kernels.js';
import type { ShapeResult } from '../../graph/shape-rules/shape-rule.js';
import { shapeRules } from '../../graph/shape-rules/shape-rules.js';
import { onBackend } from '../../tensorflow/scopes.js';
import * as tf from '../../tensorflow/tf.js';
import { composites } from '../composites/composites.js';
import { plainAttributes } from '../recording/plain-attributes.js';
import { drawnDropout } from '../recording/randomness.js';
import { eagerCall } from './eager-call.js';

const EAGER_BACKEND = 'starling-eager';
const SHARED_BACKEND = 'cpu';

/** Runs `body` with the eager backend active, and gives tf.js its former backend back, also on a throw. */
export function withEagerBackend<T>(body: () => T): T {
  register();
  return onBackend(EAGER_BACKEND, body);
}

let registered = false;

function register(): void {
  if (registered) return;
  registered = true;
  tf.registerBackend(EAGER_BACKEND, sharedBackend, 0);
  const registerAs = (kernelName: string, run: tf.KernelFunc): void =>
    tf.registerKernel({ kernelName, backendName: EAGER_BACKEND, kernelFunc: run });
  for (const kernel of KERNELS) registerAs(kernel, (call) => watched(kernel, call, runEngineKernel));
  // Their parts are watched.
  for (const [kernelName, run] of Object.entries(composites)) registerAs(kernelName, run);
  for (const { kernelName } of tf.getKernelsForBackend(SHARED_BACKEND)) {
    if (isKernel(kernelName) || kernelName in composites) continue;
    // No body that was captured calls these; a line that was added to look at values may.
    registerAs(kernelName, ({ inputs, attrs }) =>
      onBackend(SHARED_BACKEND, () =>
        tf.engine().runKernel(kernelName, inputs as tf.NamedTensorMap, attrs as tf.NamedAttrMap),
      ),
    );
  }
}

/** The cpu backend itself, but for tensors made from numbers that tf.dropout draws. */
function sharedBackend(): tf.KernelBackend {
  const shared = tf.findBackend(SHARED_BACKEND) as tf.KernelBackend & {
    write(values: unknown, shape: number[], dtype: tf.DataType): object;
  };
  return Object.create(shared, {
    write: {
      value(this: typeof shared, values: unknown, shape: number[], dtype: tf.DataType): object {
        const call = eagerCall();
        const drawn = call === null ? null : drawnDropout((distribution) => call.draw(shape, distribution));
        return shared.write.call(this, drawn ?? values, shape, dtype);
      },
    },
  }) as tf.KernelBackend;
}

type Inputs = Readonly<Record<string, tf.Tensor>>;
type RunKernel = (kernel: Kernel, inputs: Inputs, call: Parameters<tf.KernelFunc>[0]) => readonly tf.Tensor[];

function watched(
  kernel: Kernel,
  call: Parameters<tf.KernelFunc>[0],
  run: RunKernel,
): tf.TensorInfo | tf.TensorInfo[] {
  const inputs = tensorsOf(call.inputs);
  const outputs = run(kernel, inputs, call);
  const at = eagerCall();
  at?.options.watch.ran(kernel, inputs, outputs, at.place);
  return outputs.length === 1 ? (outputs[0] as tf.Tensor) : [...outputs];
}

/** With the attributes that the kernel's shape rule gives it in a graph. */
function runEngineKernel(
  kernel: Kernel,
  inputs: Inputs,
  call: Parameters<tf.KernelFunc>[0],
): readonly tf.Tensor[] {
  const isList = Array.isArray(call.inputs);
  const specs = Object.entries(inputs).map(([name, { dtype, shape }]) => {
    const spec: ValueSpec = { dtype: dtype as GraphDType, shape };
    return [name, spec] as const;
  });
  const attributes = plainAttributes(call.attrs);
  const rule: ShapeResult = shapeRules[kernel]({
    inputs: isList ? { tensors: specs.map(([, spec]) => spec) } : Object.fromEntries(specs),
    attributes,
  });
  const node = { kernel, attributes: rule.attributes ?? attributes };
  return runKernel(SHARED_BACKEND, node, isList ? Object.values(inputs) : { ...inputs });
}

/** Inputs that are there, by name, or by place in a list; tf.js passes tensors where its types promise less. */
function tensorsOf(inputs: tf.NamedTensorInfoMap | tf.TensorInfo[]): Inputs {
  const given = Object.entries(inputs).filter(([, input]) => input !== undefined && input !== null);
  return Object.fromEntries(given) as unknown as Inputs;
}
