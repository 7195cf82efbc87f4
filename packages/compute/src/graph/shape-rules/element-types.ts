// What element types kernels take, where tf.js takes more than makes sense: it computes exponentials of integers as
// integers, and sums of booleans as booleans that are 2. Backends and ONNX differ in such cases, so that a graph holds
// none.
import type { ValueSpec } from '../kernel-graph.js';
import type { Kernel } from '../kernels.js';
import type { ShapeCall } from './shape-rule.js';

/** Kernels that take float32 alone, and that tf.js itself does not hold to it. */
const OF_FLOATS: ReadonlySet<Kernel> = new Set([
  'Atan2',
  'Exp',
  'Expm1',
  'LeakyRelu',
  'Log1p',
  // tf.js divides integers by FloorDiv.
  'RealDiv',
  'Reciprocal',
  'Selu',
  'Softplus',
  'Step',
]);

/** Kernels that take numbers, not booleans. */
const OF_NUMBERS: ReadonlySet<Kernel> = new Set([
  'Abs',
  'Add',
  'ArgMax',
  'ArgMin',
  'BatchMatMul',
  'ClipByValue',
  'Cumprod',
  'Cumsum',
  'FloorDiv',
  'Max',
  'Min',
  'Mod',
  'Multiply',
  'Neg',
  'Pow',
  'Relu',
  'Relu6',
  'Sign',
  'Square',
  'SquaredDifference',
  'Sub',
  'TopK',
]);

type Need = 'float32' | 'numbers' | null;

function needOf(kernel: Kernel, input: string): Need {
  // tf.js gives floats for integers here, TensorFlow integers.
  if (kernel === 'UnsortedSegmentSum') return input === 'x' ? 'float32' : null;
  if (OF_FLOATS.has(kernel)) return 'float32';
  return OF_NUMBERS.has(kernel) ? 'numbers' : null;
}

/** Throws a `TypeError` that names the input if a kernel is given an element type that it does not take. */
export function checkElementTypes(kernel: Kernel, { inputs }: ShapeCall): void {
  for (const [name, given] of Object.entries(inputs)) {
    const need = needOf(kernel, name);
    for (const { dtype } of [given].flat() as readonly ValueSpec[]) {
      if (need === null || dtype === 'float32' || (need === 'numbers' && dtype !== 'bool')) continue;
      throw new TypeError(`${name} must be ${need}, got ${dtype}; tf.cast changes it`);
    }
  }
}
