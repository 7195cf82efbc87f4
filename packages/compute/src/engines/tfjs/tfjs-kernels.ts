// Runs one kernel of a graph on a tf.js backend.

import { LONGEST_SUM } from '@starling/onnx';
import type { KernelNode } from '../../graph/kernel-graph.js';
import { onBackend } from '../../tensorflow/scopes.js';
import * as tf from '../../tensorflow/tf.js';
import { corrections } from './corrections/index.js';
import { numbersOf } from './corrections/numbers.js';

type Kernel = Pick<KernelNode, 'kernel' | 'attributes'>;

/**
 * Kernels that mean something else on a backend than on `cpu`. TensorFlow's AvgPoolGrad divides by the elements inside
 * the input where a window hangs over its edge; in a graph the kernel divides by the whole window, as tf.js does.
 * OneHot of wasm writes integers whatever type is asked for; FloorDiv of floats gives floats on both, and an integer
 * over 0 (FloorDiv, Mod) is an error or −2³¹ there, not 0 as on `cpu`. Those of wasm lose NaN (ClipByValue, Maximum,
 * Minimum, Relu6; Relu those with the sign bit set, as x86 makes them of 0 / 0, because it takes the larger of two
 * integers), −0 (Elu, Log1p, Selu) or precision (Cos, Sin), take integers for floats (ClipByValue, IsFinite, IsInf,
 * IsNan), read past the end of booleans (Reverse), or forget windows that overlap (MaxPoolGrad). Those of TensorFlow
 * lose NaN (EluGrad) and −0 (Asin), and take no integers (IsFinite, IsInf, IsNan).
 */
const DIFFERENT: Readonly<Record<string, ReadonlySet<string>>> = {
  tensorflow: new Set(['Asin', 'AvgPoolGrad', 'EluGrad', 'FloorDiv', 'IsFinite', 'IsInf', 'IsNan', 'Mod']),
  wasm: new Set([
    'ClipByValue',
    'Cos',
    'Elu',
    'FloorDiv',
    'IsFinite',
    'IsInf',
    'IsNan',
    'Log1p',
    'MaxPoolGrad',
    'Maximum',
    'Minimum',
    'Mod',
    'OneHot',
    'Relu',
    'Relu6',
    'Reverse',
    'Selu',
    'Sin',
  ]),
};

/**
 * Of wasm: XNNPACK holds sums between −∞ and ∞, which may make −∞ of NaN, and a relu then 0. Results that are not
 * finite are computed again on `cpu`.
 */
const CLAMPED: ReadonlySet<string> = new Set(['AvgPool', 'Conv2D', 'DepthwiseConv2dNative']);

type Inputs = tf.NamedTensorMap | tf.Tensor[];

/** wasm reads past the end of tensors without elements. */
const isEmpty = (inputs: Inputs): boolean => Object.values(inputs).some(({ size }) => size === 0);

/** The `cpu` backend adds in float64; others in float32, so that rounding grows with the length of a sum. */
function isLongSum({ kernel, attributes }: Kernel, inputs: Inputs): boolean {
  if (kernel !== 'Sum' && kernel !== 'Mean') return false;
  const { shape } = (inputs as tf.NamedTensorMap)['x'] as tf.Tensor;
  return (
    tf.util.sizeFromShape(
      tf.util.parseAxisParam(attributes['axis'] as number[], shape).map((axis) => shape[axis] as number),
    ) > LONGEST_SUM
  );
}

/**
 * The outputs of a kernel, corrected where tf.js has it wrong; it runs on `cpu` where the backend lacks it, means
 * another thing by it, or rounds too much. The backend must have been started.
 */
export function runKernel(backend: string, node: Kernel, inputs: Inputs): readonly tf.Tensor[] {
  const isSame =
    DIFFERENT[backend]?.has(node.kernel) !== true && !isEmpty(inputs) && !isLongSum(node, inputs);
  if (!isSame || tf.getKernel(node.kernel, backend) === undefined) return runKernelOn('cpu', node, inputs);
  const outputs = runKernelOn(backend, node, inputs);
  if (backend !== 'wasm' || !CLAMPED.has(node.kernel) || outputs.every(isFiniteThroughout)) return outputs;
  tf.dispose([...outputs]);
  return runKernelOn('cpu', node, inputs);
}

const isFiniteThroughout = (x: tf.Tensor): boolean => numbersOf(x).every(Number.isFinite);

function runKernelOn(backend: string, node: Kernel, inputs: Inputs): readonly tf.Tensor[] {
  return onBackend(backend, () => {
    const correct = corrections[node.kernel];
    if (correct && !Array.isArray(inputs)) {
      const corrected = correct({ inputs, attributes: node.attributes });
      if (corrected) return corrected;
    }
    // Attributes are plain data in tf.js's own form.
    const attributes = { ...node.attributes } as unknown as tf.NamedAttrMap;
    const outputs = tf
      .engine()
      .runKernel<tf.Tensor | tf.Tensor[]>(node.kernel, inputs as tf.NamedTensorMap, attributes);
    return Array.isArray(outputs) ? outputs : [outputs];
  });
}
