// Pass: a bias after the product of a tall, narrow matrix becomes a row of the other one, against a column of ones in
// the first. The first convolution of a network is such a product, of what its windows see: its output, large as it is,
// is then written once instead of being filled with the bias first; and the bias's gradient, a sum over all rows, comes
// as a row of the filter's.
import { sizeOf } from '@starling/federated-core/plan';
import { isSumToChannels } from '../../builder/operators.js';
import type { Pass, RewriteContext } from '../../builder/rewrite-graph.js';
import type { OnnxNode, OnnxValue } from '../../model/onnx-model.js';

/** In matrices with fewer rows nothing is to be gained. */
const FEWEST_ROWS = 1024;
/** With more columns the product itself takes most of the time. */
const MOST_COLUMNS = 32;

export function biasRows(): Pass {
  const widened = new Widened();
  return {
    name: 'bias-rows',
    rewrite(node, context) {
      switch (node.op) {
        case 'Gemm':
          return forward(node, widened, context);
        case 'MatMul':
          return filterGradient(node, widened, context);
        case 'ReduceSum':
          return biasGradient(node, widened, context);
        default:
          return null;
      }
    },
  };
}

/** Matrices that have got a column of ones. */
class Widened {
  /** By the name that the matrix had before. */
  readonly of = new Map<string, OnnxValue>();
  readonly names = new Set<string>();

  add(narrow: OnnxValue, wide: OnnxValue): void {
    this.of.set(narrow.name, wide);
    this.names.add(wide.name);
  }
}

function forward(node: OnnxNode, widened: Widened, context: RewriteContext): OnnxValue | null {
  const { builder } = context;
  const [patches, filter, bias] = node.inputs as readonly [OnnxValue, OnnxValue, OnnxValue | null];
  const [rows = 0, columns = 0] = patches.shape;
  const isPlain =
    ['transA', 'transB'].every((name) => !isOne(node, name, 0)) &&
    ['alpha', 'beta'].every((name) => isOne(node, name, 1));
  if (bias?.shape.length !== 1 || bias.shape[0] !== filter.shape[1] || !isPlain) return null;
  if (rows < FEWEST_ROWS || columns >= MOST_COLUMNS) return null;
  // Read here and for the filter's gradient; where something else reads them too, both would have to be made.
  if (context.uses(patches) > 2) return null;
  const wide = withOnes(patches, columns, context);
  if (!wide) return null;
  widened.add(patches, wide);
  const taller = builder.concat([filter, builder.reshape(bias, [1, filter.shape[1] as number])], 0);
  return builder.emitOne('Gemm', [wide, taller], node.outputs[0] as OnnxValue);
}

/** Whether an attribute is 1; where it is left out, it is `otherwise`. */
function isOne({ attributes }: OnnxNode, name: string, otherwise: number): boolean {
  const value = attributes[name];
  return (value?.kind === 'int' || value?.kind === 'float' ? value.value : otherwise) === 1;
}

/** Σ patch ⊗ gradient over all rows: of the wide matrix, except for its last row. */
function filterGradient(node: OnnxNode, widened: Widened, context: RewriteContext): OnnxValue | null {
  const { builder, producedBy } = context;
  const [left, gradient] = node.inputs as readonly [OnnxValue, OnnxValue];
  const patches = producedBy('Transpose', left)?.inputs[0];
  const wide = patches && widened.of.get(patches.name);
  if (!patches || !wide || gradient.shape.length !== 2) return null;
  const product = builder.matMul(builder.transpose(wide, [1, 0]), gradient);
  return builder.slice(product, [0], [0], [patches.shape[1] as number]);
}

/** The last row of that product, where the sum is of the gradient through the relu of what `forward` made. */
function biasGradient(node: OnnxNode, widened: Widened, context: RewriteContext): OnnxValue | null {
  const { builder } = context;
  const [gradient] = node.inputs as readonly [OnnxValue];
  const channels = gradient.shape.at(-1) as number;
  if (!isSumToChannels(node, context)) return null;
  const wide = patchesBehind(gradient, widened, context);
  const [rows = 0, columns = 0] = wide?.shape ?? [];
  if (!wide || sizeOf(gradient.shape) !== rows * channels) return null;
  const product = builder.matMul(
    builder.transpose(wide, [1, 0]),
    builder.reshape(gradient, [rows, channels]),
  );
  return builder.reshape(builder.slice(product, [0], [columns - 1], [1]), [channels]);
}

/** The wide matrix of dy · (relu(wide · filter) > 0), seen through reshapes. */
function patchesBehind(gradient: OnnxValue, widened: Widened, context: RewriteContext): OnnxValue | null {
  const producer = (value: OnnxValue | null | undefined, op: string): OnnxNode | undefined =>
    context.producedBy(op, throughReshapes(value, context));
  const factors = producer(gradient, 'Mul')?.inputs ?? [];
  for (const factor of factors) {
    const positive = producer(producer(factor, 'Cast')?.inputs[0], 'Greater');
    const product = producer(producer(positive?.inputs[0], 'Relu')?.inputs[0], 'Gemm');
    const patches = product?.inputs[0];
    if (patches && widened.names.has(patches.name)) return patches;
  }
  return null;
}

function throughReshapes(
  value: OnnxValue | null | undefined,
  context: RewriteContext,
): OnnxValue | null | undefined {
  const node = context.producedBy('Reshape', value);
  return node ? throughReshapes(node.inputs[0], context) : value;
}

/** The matrix with ones as a last column, put in where its columns are put together; `null` if they are not. */
function withOnes(value: OnnxValue, columns: number, context: RewriteContext): OnnxValue | null {
  const { builder } = context;
  const node = context.producer(value);
  const [first, second] = node?.inputs ?? [];
  const axis = node?.attributes['axis'];
  if (!node || !first || value.shape.some((size) => size < 1)) return null;
  const wider = [...value.shape.slice(0, -1), columns + 1];
  if (node.op === 'Reshape' && first.shape.at(-1) === columns) {
    const wide = withOnes(first, columns, context);
    return wide && builder.reshape(wide, wider);
  }
  if (axis?.kind !== 'int') return null;
  if (node.op === 'Gather' && second && axis.value === 0 && first.shape.length === 2) {
    const wide = withOnes(first, columns, context);
    return wide && builder.gather(wide, second, 0);
  }
  const isJoin = node.op === 'Concat' && axis.value === value.shape.length - 1;
  if (!isJoin) return null;
  const ones = builder.expand(builder.filled('float32', 1), [...value.shape.slice(0, -1), 1]);
  return builder.concat([...(node.inputs as readonly OnnxValue[]), ones], axis.value);
}
