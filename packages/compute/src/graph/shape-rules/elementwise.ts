// Shape rules of kernels that work element by element: the result has the operands' (broadcast) shape; what
// differs is the element type.
import type { GraphDType } from '../kernel-graph.js';
import { BINARY_KERNELS, type BinaryKernel, UNARY_KERNELS, type UnaryKernel } from '../kernels.js';
import { broadcastShape, inputOf, one, type ShapeRule } from './shape-rule.js';

const sameAsX: ShapeRule = (call) => one(inputOf(call, 'x'));

const boolOfX: ShapeRule = (call) => one({ dtype: 'bool', shape: inputOf(call, 'x').shape });

const cast: ShapeRule = (call) =>
  one({ dtype: call.attributes['dtype'] as GraphDType, shape: inputOf(call, 'x').shape });

const binary =
  (dtype?: GraphDType): ShapeRule =>
  (call) => {
    const a = inputOf(call, 'a');
    const b = inputOf(call, 'b');
    return one({ dtype: dtype ?? a.dtype, shape: broadcastShape(a.shape, b.shape) });
  };

const BOOL_RESULT: ReadonlySet<string> = new Set([
  'Equal',
  'Greater',
  'GreaterEqual',
  'IsFinite',
  'IsInf',
  'IsNan',
  'Less',
  'LessEqual',
  'LogicalAnd',
  'LogicalNot',
  'LogicalOr',
  'NotEqual',
]);

function unaryRule(kernel: UnaryKernel): ShapeRule {
  if (kernel === 'Cast') return cast;
  return BOOL_RESULT.has(kernel) ? boolOfX : sameAsX;
}

export const unaryRules = Object.fromEntries(
  UNARY_KERNELS.map((kernel) => [kernel, unaryRule(kernel)]),
) as Record<UnaryKernel, ShapeRule>;

export const binaryRules = Object.fromEntries(
  BINARY_KERNELS.map((kernel) => {
    if (kernel === 'FloorDiv') return [kernel, binary('int32')];
    return [kernel, BOOL_RESULT.has(kernel) ? binary('bool') : binary()];
  }),
) as Record<BinaryKernel, ShapeRule>;

export const otherElementwiseRules = {
  EluGrad: (call) => one(inputOf(call, 'y')),
  Select: (call) => one(inputOf(call, 't')),
  Softmax: (call) => {
    const logits = inputOf(call, 'logits');
    return one({ dtype: 'float32', shape: logits.shape }, { dim: logits.shape.length - 1 });
  },
} satisfies Record<string, ShapeRule>;
