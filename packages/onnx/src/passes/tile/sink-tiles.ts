// Pass: keeps images in tiles as far as it can. A convolution by Winograd's algorithm ends in tiles, and its
// gradient starts from them; bias, relu, max pooling and their gradients do not care for the order of elements, so that
// tiles are put together only where something else reads the image. The twin of sink-transposes.ts.
import type { Tensor } from '@starling/federated-core';
import { attribute, sameShape } from '../../builder/graph-builder.js';
import { isElementwiseBroadcasting, isElementwiseUnary, isSumToChannels } from '../../builder/operators.js';
import type { Pass, RewriteContext } from '../../builder/rewrite-graph.js';
import { fromTiles, isCovered, tileCounts, toTiles } from '../../convolution/tile-operators.js';
import type { OnnxNode, OnnxValue } from '../../model/onnx-model.js';

export const sinkTiles: Pass = {
  name: 'sink-tiles',
  rewrite(node, context) {
    if (isElementwiseUnary(node.op) || isElementwiseBroadcasting(node.op)) return elementwise(node, context);
    switch (node.op) {
      case 'Slice':
        return everyNth(node, context);
      case 'Interleave':
        return interleaved(node, context);
      case 'ReduceSum':
        return sum(node, context);
      case 'ToTiles':
        return stillTiles(node, context);
      default:
        return null;
    }
  },
};

/** The tiles [m, m, T, C] that an image was put together from. */
function tilesOf(image: OnnxValue | null | undefined, { producedBy }: RewriteContext): OnnxValue | null {
  return producedBy('FromTiles', image)?.inputs[0] ?? null;
}

const sideOf = (tiles: OnnxValue): number => tiles.shape[0] as number;

function elementwise(node: OnnxNode, context: RewriteContext): OnnxValue | null {
  const output = node.outputs[0] as OnnxValue;
  const images = node.inputs.filter((input) => tilesOf(input, context));
  const first = tilesOf(images[0], context);
  if (!first || images.some((image) => !image || !sameShape(image.shape, output.shape))) return null;
  const side = sideOf(first);
  const inputs = node.inputs.map((input) => (input ? inTiles(input, output, side, context) : null));
  if (inputs.some((input, index) => input === null && node.inputs[index] !== null)) return null;
  const { builder } = context;
  const result = builder.emitOne(
    node.op,
    inputs,
    { dtype: output.dtype, shape: first.shape },
    node.attributes,
  );
  return fromTiles(builder, result, output.shape);
}

/** An operand in tiles of that side: images are cut, vectors over channels and single numbers stay as they are. */
function inTiles(
  input: OnnxValue,
  output: OnnxValue,
  side: number,
  context: RewriteContext,
): OnnxValue | null {
  const tiles = tilesOf(input, context);
  if (tiles) return sideOf(tiles) === side ? tiles : null;
  if (sameShape(input.shape, output.shape)) return toTiles(context.builder, input, side);
  const channels = input.shape.at(-1) ?? 1;
  return input.shape.every((size, axis) => size === 1 || axis === input.shape.length - 1)
    ? context.builder.reshape(input, channels === 1 ? [] : [channels])
    : null;
}

/** Every s-th row and column, as max pooling reads them: in each tile the same ones. */
function everyNth(node: OnnxNode, context: RewriteContext): OnnxValue | null {
  const { builder, constant } = context;
  const tiles = tilesOf(node.inputs[0], context);
  const output = node.outputs[0] as OnnxValue;
  if (!tiles) return null;
  const [, begin = [], , axes = [], steps = []] = node.inputs.map((input) => integers(constant(input)));
  const [m, , count, channels] = tiles.shape as readonly [number, number, number, number];
  const [step = 0, other = 0] = steps;
  if (`${axes}` !== '1,2' || step !== other || step < 2 || m % step !== 0) return null;
  if (begin.some((first) => first < 0 || first >= step)) return null;
  const side = m / step;
  const counts = tileCounts(node.inputs[0]?.shape ?? [], m);
  if (`${tileCounts(output.shape, side)}` !== `${counts}`) return null;
  const split = builder.reshape(tiles, [side, step, side, step, count, channels]);
  const chosen = builder.slice(split, [1, 3], begin, [1, 1]);
  return fromTiles(builder, builder.reshape(chosen, [side, side, count, channels]), output.shape);
}

const integers = (constant: Tensor | undefined): readonly number[] =>
  constant?.dtype === 'int64' ? Array.from(constant.data as BigInt64Array, Number) : [];

/** The parts of windows, each in tiles, are larger tiles together. */
function interleaved(node: OnnxNode, context: RewriteContext): OnnxValue | null {
  const { builder } = context;
  const parts = node.inputs.map((input) => tilesOf(input, context));
  const first = parts[0];
  const output = node.outputs[0] as OnnxValue;
  if (!first || parts.some((part) => !part || !sameShape(part.shape, first.shape))) return null;
  const [m, , count, channels] = first.shape as readonly [number, number, number, number];
  const step = (output.shape[1] as number) / (node.inputs[0]?.shape[1] as number);
  if (parts.length !== step ** 2) return null;
  const counts = tileCounts(node.inputs[0]?.shape ?? [], m);
  if (`${tileCounts(output.shape, m * step)}` !== `${counts}`) return null;
  const cells = parts.map((part) => builder.reshape(part as OnnxValue, [m, 1, m, 1, count, channels]));
  const rows = Array.from({ length: step }, (_, row) =>
    builder.concat(cells.slice(row * step, (row + 1) * step), 3),
  );
  const tiles = builder.reshape(builder.concat(rows, 1), [m * step, m * step, count, channels]);
  return fromTiles(builder, tiles, output.shape);
}

/** A sum over all pixels, such as a bias gradient. */
function sum(node: OnnxNode, context: RewriteContext): OnnxValue | null {
  const tiles = tilesOf(node.inputs[0], context);
  if (!tiles || !isSumToChannels(node, context)) return null;
  if (!isCovered(node.inputs[0]?.shape ?? [], sideOf(tiles))) return null;
  return context.builder.emitOne('ReduceSum', [tiles, node.inputs[1] ?? null], node.outputs[0] as OnnxValue, {
    keepdims: attribute.int(0),
  });
}

/**
 * Cut into the tiles that it was just put together from: they are taken as they are where none reaches beyond the
 * image.
 */
function stillTiles(node: OnnxNode, context: RewriteContext): OnnxValue | null {
  const image = node.inputs[0] as OnnxValue;
  const tiles = tilesOf(image, context);
  const { shape } = node.outputs[0] as OnnxValue;
  return tiles && sameShape(tiles.shape, shape) && isCovered(image.shape, sideOf(tiles)) ? tiles : null;
}
