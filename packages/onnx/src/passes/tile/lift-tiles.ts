// Pass: images that a narrow convolution makes, such as the first of a network, are made in overlapping tiles right
// away when a convolution by Winograd's algorithm reads them so; pixels where tiles overlap are computed twice, which
// is cheaper than moving wide images. Gradients go the same way back: what is summed over all pixels in the end need
// not be added up in images first.
import { attribute, sameShape } from '../../builder/graph-builder.js';
import { isElementwiseBroadcasting, isElementwiseUnary, isSumToChannels } from '../../builder/operators.js';
import type { Pass, RewriteContext } from '../../builder/rewrite-graph.js';
import { narrowPatches } from '../../convolution/narrow-convolution.js';
import { gridOf, overlappingTiles, type TileGrid } from '../../convolution/tile-operators.js';
import { INPUT_TILE, OUTPUT_TILE } from '../../convolution/winograd.js';
import type { OnnxNode, OnnxValue } from '../../model/onnx-model.js';

export const liftTiles: Pass = {
  name: 'lift-tiles',
  rewrite(node, context) {
    switch (node.op) {
      case 'OverlappingTiles':
        return lifted(node.inputs[0] as OnnxValue, gridOf(node), context);
      case 'Mul':
        return maskedTiles(node, context);
      case 'ReduceSum':
        return sumOfTiles(node, context);
      case 'NarrowFilterGradient':
        return filterGradient(node, context);
      default:
        return null;
    }
  },
};

/** Whether tiles reach every pixel of images [N, H, W, C] and none beyond. */
function fits({ top, left, rows, columns }: TileGrid, shape: readonly number[]): boolean {
  const overlap = INPUT_TILE - OUTPUT_TILE;
  const [, h, w] = shape;
  return (
    top === 0 && left === 0 && h === rows * OUTPUT_TILE + overlap && w === columns * OUTPUT_TILE + overlap
  );
}

/**
 * The image in overlapping tiles [6, 6, T, C], computed so from a narrow convolution on; `null` if it comes from
 * elsewhere.
 */
function lifted(image: OnnxValue, grid: TileGrid, context: RewriteContext): OnnxValue | null {
  if (!fits(grid, image.shape) || !isLiftable(image, context)) return null;
  const rows = liftedRows(image, grid, context);
  const [count, channels] = rows.shape as readonly [number, number];
  return context.builder.reshape(rows, [INPUT_TILE, INPUT_TILE, count / INPUT_TILE ** 2, channels]);
}

function isLiftable(image: OnnxValue, context: RewriteContext): boolean {
  const node = context.producer(image);
  if (!node) return false;
  if (node.op === 'NarrowConvolution') return true;
  if (!isElementwiseUnary(node.op) && !isElementwiseBroadcasting(node.op)) return false;
  const wide = node.inputs.filter((input) => input && !isNarrow(input));
  return (
    wide.length > 0 &&
    wide.every(
      (input) => sameShape(input?.shape ?? [], image.shape) && isLiftable(input as OnnxValue, context),
    )
  );
}

/** A single number, or a vector over channels. */
const isNarrow = ({ shape }: OnnxValue): boolean =>
  shape.length <= 1 || shape.slice(0, -1).every((size) => size === 1);

/** The same as a matrix [36 · T, C], so that a bias can become part of the product. */
function liftedRows(image: OnnxValue, grid: TileGrid, context: RewriteContext): OnnxValue {
  const { builder } = context;
  const node = context.producer(image) as OnnxNode;
  if (node.op === 'NarrowConvolution') {
    const [x, filter] = node.inputs as readonly [OnnxValue, OnnxValue];
    const rows = patchRows(node, x, filter.shape, grid, context);
    return builder.matMul(
      rows,
      builder.reshape(filter, [rows.shape[1] as number, filter.shape[3] as number]),
    );
  }
  const inputs = node.inputs.map((input) => {
    if (!input) return null;
    return isNarrow(input) ? builder.reshape(input, input.shape.slice(-1)) : liftedRows(input, grid, context);
  });
  const { shape } = inputs.find((input) => input?.shape.length === 2) as OnnxValue;
  const { dtype } = node.outputs[0] as OnnxValue;
  return builder.emitOne(node.op, inputs, { dtype, shape }, node.attributes);
}

/** What each window of a narrow convolution sees, a row a pixel of the tiles: [36 · T, 9 · I]. */
function patchRows(
  node: OnnxNode,
  x: OnnxValue,
  filterShape: readonly number[],
  grid: TileGrid,
  { builder }: RewriteContext,
): OnnxValue {
  const tiles = overlappingTiles(builder, narrowPatches(builder, node, x, filterShape), grid);
  const [a, b, count, depth] = tiles.shape as readonly [number, number, number, number];
  return builder.reshape(tiles, [a * b * count, depth]);
}

/** The sum of tiles times a mask that is at hand in tiles: the same sum of masked tiles. */
function maskedTiles(node: OnnxNode, context: RewriteContext): OnnxValue | null {
  const { builder, producedBy } = context;
  const output = node.outputs[0] as OnnxValue;
  for (const [sum, mask] of [node.inputs, [...node.inputs].reverse()] as [OnnxValue, OnnxValue][]) {
    const add = producedBy('AddTiles', sum);
    if (!add || !sameShape(sum.shape, output.shape) || !sameShape(mask.shape, output.shape)) continue;
    const factor = lifted(mask, gridOf(add), context);
    if (!factor) continue;
    const tiles = builder.binary('Mul', add.inputs[0] as OnnxValue, factor);
    return builder.emitOne('AddTiles', [tiles], output, add.attributes, add.domain);
  }
  return null;
}

/** A sum over all pixels, such as a bias gradient. */
function sumOfTiles(node: OnnxNode, context: RewriteContext): OnnxValue | null {
  const [image, axesInput] = node.inputs as readonly [OnnxValue, OnnxValue];
  const add = context.producedBy('AddTiles', image);
  if (!add || !isSumToChannels(node, context) || !fits(gridOf(add), image.shape)) return null;
  return context.builder.emitOne(
    'ReduceSum',
    [add.inputs[0] as OnnxValue, axesInput],
    node.outputs[0] as OnnxValue,
    {
      keepdims: attribute.int(0),
    },
  );
}

/** Σ over pixels of patch ⊗ gradient, over the pixels of the tiles. */
function filterGradient(node: OnnxNode, context: RewriteContext): OnnxValue | null {
  const [x, dy] = node.inputs as readonly [OnnxValue, OnnxValue];
  const output = node.outputs[0] as OnnxValue;
  const add = context.producedBy('AddTiles', dy);
  if (!add || !fits(gridOf(add), dy.shape)) return null;
  const { builder } = context;
  const rows = patchRows(node, x, output.shape, gridOf(add), context);
  const [tiles] = add.inputs as readonly [OnnxValue];
  const gradient = builder.reshape(tiles, [rows.shape[0] as number, output.shape[3] as number]);
  return builder.reshape(builder.matMul(builder.transpose(rows, [1, 0]), gradient), output.shape);
}
