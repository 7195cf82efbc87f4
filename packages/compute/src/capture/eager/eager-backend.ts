// The backend on which bodies run eagerly: a backend of tf.js, whose tensors it shares, with the kernels of the
// engines, so that values at the edges are theirs, and with an eye on each kernel's result (non-finite-watch.ts).
import type { TfjsBackendName } from '../../engines/tfjs/tfjs-backends.js';
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

/** Runs `body` on the eager backend over `backend`, which was started; then tf.js gets its former backend back. */
export function withEagerBackend<T>(backend: TfjsBackendName, body: () => T): T {
  const name = `starling-eager-${backend}`;
  if (!registered.has(name)) register(name, backend);
  registered.add(name);
  return onBackend(name, body);
}

const registered = new Set<string>();

function register(backendName: string, shared: TfjsBackendName): void {
  tf.registerBackend(backendName, () => sharing(shared), 0);
  const registerAs = (kernelName: string, kernelFunc: tf.KernelFunc): void =>
    tf.registerKernel({ kernelName, backendName, kernelFunc });
  for (const kernel of KERNELS) registerAs(kernel, (call) => runWatched(shared, kernel, call));
  // Their parts are watched.
  for (const [kernelName, run] of Object.entries(composites)) registerAs(kernelName, run);
  for (const { kernelName } of tf.getKernelsForBackend('cpu')) {
    if (isKernel(kernelName) || kernelName in composites) continue;
    // No body that was captured calls these; a line that was added to look at values may.
    registerAs(kernelName, ({ inputs, attrs }) =>
      onBackend('cpu', () =>
        tf.engine().runKernel(kernelName, inputs as tf.NamedTensorMap, attrs as tf.NamedAttrMap),
      ),
    );
  }
}

/** The backend itself, except for tensors made from numbers that tf.dropout draws. */
function sharing(name: TfjsBackendName): tf.KernelBackend {
  const shared = tf.findBackend(name) as tf.KernelBackend & { write(...tensor: Written): object };
  const write = (...[values, shape, dtype]: Written): object => {
    const call = eagerCall();
    const drawn = call === null ? null : drawnDropout((distribution) => call.draw(shape, distribution));
    return shared.write(drawn ?? values, shape, dtype);
  };
  return Object.create(shared, { write: { value: write } }) as tf.KernelBackend;
}

type Written = readonly [values: unknown, shape: number[], dtype: tf.DataType];
type Inputs = Readonly<Record<string, tf.Tensor>>;
type KernelCall = Parameters<tf.KernelFunc>[0];

function runWatched(
  backend: TfjsBackendName,
  kernel: Kernel,
  call: KernelCall,
): tf.TensorInfo | tf.TensorInfo[] {
  const inputs = tensorsOf(call.inputs);
  const outputs = runAsEngines(backend, kernel, inputs, call);
  const at = eagerCall();
  at?.options.watch.ran(kernel, inputs, outputs, at.place);
  return outputs.length === 1 ? (outputs[0] as tf.Tensor) : [...outputs];
}

/** With the attributes that the kernel's shape rule gives it in a graph. */
function runAsEngines(
  backend: TfjsBackendName,
  kernel: Kernel,
  inputs: Inputs,
  call: KernelCall,
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
  return runKernel(backend, node, isList ? Object.values(inputs) : { ...inputs });
}

/** Inputs that are there, by name, or by place in a list; tf.js passes tensors where its types promise less. */
function tensorsOf(inputs: tf.NamedTensorInfoMap | tf.TensorInfo[]): Inputs {
  const given = Object.entries(inputs).filter(([, input]) => input !== undefined && input !== null);
  return Object.fromEntries(given) as unknown as Inputs;
}
