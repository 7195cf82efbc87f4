// Pass of the onnx engine on processors with wide vectors: convolutions with their gradients, and the products of
// recurrent steps, in blocks of channels. A filter that changes from step to step is laid out once before it is used.
import { attribute } from '../builder/graph-builder.js';
import { permutationOf, samePermutation } from '../builder/permutation.js';
import type { Pass, RewriteContext } from '../builder/rewrite-graph.js';
import type { OnnxNode, OnnxValue } from '../model/onnx-model.js';
import { FEWEST_ELEMENTS, MOST_ROWS } from '../passes/fuse/few-row-products.js';
import {
  BLOCKED_DOMAIN,
  blockedConvolution,
  blockedFilter,
  intoBlocks,
  outOfBlocks,
} from './blocked-operators.js';

const TO_CHANNELS_FIRST = [0, 3, 1, 2];
const TO_CHANNELS_LAST = [0, 2, 3, 1];

/** `block` is the number of channels that this machine's onnxruntime keeps together (probe-block-size.ts). */
export function blockConvolutions(block: number): Pass {
  const divides = (...channels: readonly (number | undefined)[]): boolean =>
    channels.every((count) => count !== undefined && count > 0 && count % block === 0);
  return {
    name: 'block-convolutions',
    rewrite(node, context) {
      if (node.domain) return null;
      const output = node.outputs[0] as OnnxValue;
      const [x, filter] = node.inputs as readonly [OnnxValue, OnnxValue];
      switch (node.op) {
        case 'Conv':
          return isOne(node, 'group') && divides(x.shape[1], output.shape[1])
            ? convolution(node, block, context)
            : null;
        case 'ConvTranspose':
          return isOne(node, 'group') && divides(x.shape[1], output.shape[1]) && isPlainGradient(node, filter)
            ? inputGradient(node, filter, block, context)
            : null;
        case 'Relu':
          return activated(x, context);
        case 'Transpose':
          return channelsLastOutput(node, x, context);
        case 'Gemm':
          return isStepProduct(node, context) && divides(x.shape[1], output.shape[1])
            ? stepProduct(node, block, context)
            : null;
        default:
          return null;
      }
    },
  };
}

function isOne(node: OnnxNode, name: string): boolean {
  const value = node.attributes[name];
  return value === undefined || (value.kind === 'int' && value.value === 1);
}

const intsOf = (node: OnnxNode, name: string): readonly number[] => {
  const value = node.attributes[name];
  return value?.kind === 'ints' ? value.value : [];
};

/** The images of a convolution in blocks, taken from before a transpose to [N, C, H, W] where there is one. */
function blockedImages(x: OnnxValue, { builder, producedBy }: RewriteContext): OnnxValue {
  const transpose = producedBy('Transpose', x);
  const channelsLast = transpose && samePermutation(permutationOf(transpose), TO_CHANNELS_FIRST);
  return channelsLast
    ? intoBlocks(builder, transpose.inputs[0] as OnnxValue, true)
    : intoBlocks(builder, x, false);
}

function convolution(node: OnnxNode, block: number, context: RewriteContext): OnnxValue {
  const { builder } = context;
  const [x, filter, bias] = node.inputs as readonly [OnnxValue, OnnxValue, OnnxValue | undefined];
  const blocked = blockedImages(x, context);
  const laidOut = blockedFilter(builder, filter, block);
  const inputs = bias ? [blocked, laidOut, bias] : [blocked, laidOut];
  const result = blockedConvolution(builder, inputs, (node.outputs[0] as OnnxValue).shape, node.attributes);
  return outOfBlocks(builder, result, false);
}

/** A ConvTranspose that undoes strides of 1 and no dilation: a convolution with the filter turned round. */
function isPlainGradient(node: OnnxNode, filter: OnnxValue): boolean {
  const pads = intsOf(node, 'pads');
  const [height, width] = filter.shape.slice(2) as [number, number];
  return (
    [...intsOf(node, 'strides'), ...intsOf(node, 'dilations')].every((size) => size === 1) &&
    intsOf(node, 'output_padding').every((size) => size === 0) &&
    pads.length === 4 &&
    pads.every((size, side) => size < (side % 2 === 0 ? height : width))
  );
}

function inputGradient(node: OnnxNode, filter: OnnxValue, block: number, context: RewriteContext): OnnxValue {
  const { builder } = context;
  const [height, width] = filter.shape.slice(2) as [number, number];
  const turned = builder.slice(filter, [2, 3], [height - 1, width - 1], [height, width], [-1, -1]);
  const swapped = builder.transpose(turned, [1, 0, 2, 3]);
  const pads = intsOf(node, 'pads').map((size, side) => (side % 2 === 0 ? height : width) - 1 - size);
  const result = blockedConvolution(
    builder,
    [blockedImages(node.inputs[0] as OnnxValue, context), blockedFilter(builder, swapped, block)],
    (node.outputs[0] as OnnxValue).shape,
    { kernel_shape: attribute.ints([height, width]), pads: attribute.ints(pads) },
  );
  return outOfBlocks(builder, result, false);
}

function blockedSource(value: OnnxValue, { producedBy, uses }: RewriteContext): OnnxValue | null {
  const reorder = producedBy('ReorderOutput', value);
  return reorder?.domain === BLOCKED_DOMAIN && uses(value) === 1 ? (reorder.inputs[0] as OnnxValue) : null;
}

/** The relu of a convolution is applied while its results are at hand. */
function activated(x: OnnxValue, context: RewriteContext): OnnxValue | null {
  const source = blockedSource(x, context);
  const made = source && context.producedBy('Conv', source);
  if (!made || made.domain !== BLOCKED_DOMAIN) return null;
  const [blocked, filter, bias] = made.inputs as readonly [OnnxValue, OnnxValue, OnnxValue | undefined];
  const inputs = bias ? [blocked, filter, bias] : [blocked, filter];
  const attributes = { ...made.attributes, activation: attribute.string('Relu') };
  return outOfBlocks(
    context.builder,
    blockedConvolution(context.builder, inputs, source.shape, attributes),
    false,
  );
}

/** A transpose to [N, H, W, C] after a convolution: the blocks are left in that order right away. */
function channelsLastOutput(node: OnnxNode, x: OnnxValue, context: RewriteContext): OnnxValue | null {
  if (!samePermutation(permutationOf(node), TO_CHANNELS_LAST)) return null;
  const reorder = context.producedBy('ReorderOutput', x);
  if (reorder?.domain !== BLOCKED_DOMAIN) return null;
  return outOfBlocks(context.builder, reorder.inputs[0] as OnnxValue, true);
}

/** A few rows by a large matrix from outside of the step, transposed: x Wᵀ + C. */
function isStepProduct(node: OnnxNode, { isLocal }: RewriteContext): boolean {
  const [x, w] = node.inputs as readonly [OnnxValue, OnnxValue];
  const plain = (name: string): boolean => {
    const factor = node.attributes[name];
    return factor === undefined || (factor.kind === 'float' && factor.value === 1);
  };
  const untouched = plain('alpha') && plain('beta') && !node.attributes['transA'];
  const isLarge = (w.shape[0] as number) * (w.shape[1] as number) >= FEWEST_ELEMENTS;
  const isFew = (x.shape[0] as number) <= MOST_ROWS;
  return untouched && node.attributes['transB'] !== undefined && isLarge && isFew && !isLocal(w);
}

/** The same as a convolution of 1 × 1: each row is a pixel, W the filter [N, K, 1, 1]. */
function stepProduct(node: OnnxNode, block: number, { builder }: RewriteContext): OnnxValue {
  const [x, w, c] = node.inputs as readonly [OnnxValue, OnnxValue, OnnxValue | undefined];
  const [rows, k] = x.shape as readonly [number, number];
  const n = w.shape[0] as number;
  const pixels = intoBlocks(builder, builder.reshape(x, [1, 1, rows, k]), true);
  const filter = blockedFilter(builder, builder.reshape(w, [n, k, 1, 1]), block);
  const result = blockedConvolution(builder, [pixels, filter], [1, n, 1, rows], {
    kernel_shape: attribute.ints([1, 1]),
  });
  const product = builder.reshape(outOfBlocks(builder, result, true), [rows, n]);
  return c ? builder.binary('Add', product, c) : product;
}
