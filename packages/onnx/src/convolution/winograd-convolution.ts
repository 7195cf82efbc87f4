// Lowering of 3 × 3 convolutions and their gradients by Winograd's algorithm (winograd.ts): images are cut into
// overlapping tiles of 6 × 6, tiles and filters transformed, and each of the 36 positions is then one matrix product
// over all tiles. The gradients are those of this very algorithm, so that the transformed images and gradients are
// shared between them.
import { sizeOf } from '@starling/federated-core/plan';
import type { GraphBuilder } from '../builder/graph-builder.js';
import type { OnnxValue } from '../model/onnx-model.js';
import { emptyPatches, withZeroRows } from './empty-patches.js';
import { addTiles, fromTiles, overlappingTiles, type TileGrid, toTiles } from './tile-operators.js';
import type { Window } from './window.js';
import { FILTER_SIDE, INPUT_TILE, OUTPUT_TILE, WINOGRAD } from './winograd.js';

const POSITIONS = INPUT_TILE ** 2;
const PLACES = OUTPUT_TILE ** 2;

/** Below these the transforms cost more than they save, as measured on one core (docs/performance.md). */
const FEWEST_CHANNELS = 16;
const FEWEST_PAIRS = 1024;
const FEWEST_TILES = 64;
const LARGEST_WASTE = 1.5;
/** Elements of transformed images or outputs, 2¼ times those themselves: beyond this, memory counts more than time. */
const MOST_ELEMENTS = 2 ** 24;

/** Whether the convolution is of the kind, and large enough. */
export function suitsWinograd(window: Window): boolean {
  const { rows, columns } = gridOfWindow(window);
  const computed = rows * columns * PLACES;
  const tiles = window.batchSize * rows * columns;
  return (
    [window.filterHeight, window.filterWidth].every((side) => side === FILTER_SIDE) &&
    [window.strideHeight, window.strideWidth].every((stride) => stride === 1) &&
    [window.dilationHeight, window.dilationWidth].every((dilation) => dilation === 1) &&
    Math.min(window.inChannels, window.outChannels) >= FEWEST_CHANNELS &&
    window.inChannels * window.outChannels >= FEWEST_PAIRS &&
    tiles >= FEWEST_TILES &&
    tiles * POSITIONS * Math.max(window.inChannels, window.outChannels) <= MOST_ELEMENTS &&
    computed <= LARGEST_WASTE * window.outHeight * window.outWidth
  );
}

function gridOfWindow({ outHeight, outWidth, padInfo }: Window): TileGrid {
  return {
    top: padInfo.top,
    left: padInfo.left,
    rows: Math.ceil(outHeight / OUTPUT_TILE),
    columns: Math.ceil(outWidth / OUTPUT_TILE),
  };
}

/** x [N, H, W, I] and filter [3, 3, I, O] → [N, outH, outW, O]. */
export function winogradConvolution(
  builder: GraphBuilder,
  x: OnnxValue,
  filter: OnnxValue,
  window: Window,
): OnnxValue {
  const products = builder.matMul(transformedImages(builder, x, window), transformedFilter(builder, filter));
  const outputs = transformed(builder, 'output', products);
  const tiles = withExactZeros(builder, outputs, x, window);
  return fromTiles(builder, tiles, outputShape(window));
}

/** Outputs [16, T · O] as tiles [4, 4, T, O], with zeros for those that see nothing but zeros. */
function withExactZeros(builder: GraphBuilder, outputs: OnnxValue, x: OnnxValue, window: Window): OnnxValue {
  const channels = window.outChannels;
  const tiles = overlappingTiles(builder, x, gridOfWindow(window));
  const magnitudes = builder.producer(x)?.op === 'Relu' ? tiles : builder.unary('Abs', tiles);
  const pixels = builder.reshape(outputs, [sizeOf(outputs.shape) / channels, channels]);
  const exact = withZeroRows(builder, pixels, emptyPatches(builder, magnitudes));
  return builder.reshape(exact, [OUTPUT_TILE, OUTPUT_TILE, (pixels.shape[0] as number) / PLACES, channels]);
}

/** dy [N, outH, outW, O] and filter → dx [N, H, W, I]. */
export function winogradInputGradient(
  builder: GraphBuilder,
  dy: OnnxValue,
  filter: OnnxValue,
  window: Window,
): OnnxValue {
  const turned = builder.transpose(transformedFilter(builder, filter), [0, 2, 1]);
  const products = builder.matMul(transformedGradient(builder, dy), turned);
  const inputs = transformed(builder, 'inputGradient', products);
  const tiles = builder.reshape(inputs, [INPUT_TILE, INPUT_TILE, ...products.shape.slice(1)]);
  const shape = [window.batchSize, window.inHeight, window.inWidth, window.inChannels];
  return addTiles(builder, tiles, shape, gridOfWindow(window));
}

/** x and dy → the filter's gradient [3, 3, I, O]. */
export function winogradFilterGradient(
  builder: GraphBuilder,
  x: OnnxValue,
  dy: OnnxValue,
  window: Window,
): OnnxValue {
  const images = builder.transpose(transformedImages(builder, x, window), [0, 2, 1]);
  const products = builder.matMul(images, transformedGradient(builder, dy));
  const filter = transformed(builder, 'filterGradient', products);
  return builder.reshape(filter, [FILTER_SIDE, FILTER_SIDE, window.inChannels, window.outChannels]);
}

/** [36, T, I] */
function transformedImages(builder: GraphBuilder, x: OnnxValue, window: Window): OnnxValue {
  const tiles = overlappingTiles(builder, x, gridOfWindow(window));
  const [, , count, channels] = tiles.shape as readonly [number, number, number, number];
  return transformed(builder, 'input', builder.reshape(tiles, [POSITIONS, count, channels]));
}

/** [36, I, O] */
function transformedFilter(builder: GraphBuilder, filter: OnnxValue): OnnxValue {
  const [, , inChannels, outChannels] = filter.shape as readonly [number, number, number, number];
  return transformed(builder, 'filter', builder.reshape(filter, [FILTER_SIDE ** 2, inChannels, outChannels]));
}

/** [36, T, O] */
function transformedGradient(builder: GraphBuilder, dy: OnnxValue): OnnxValue {
  const tiles = toTiles(builder, dy, OUTPUT_TILE);
  const [, , count, channels] = tiles.shape as readonly [number, number, number, number];
  return transformed(builder, 'outputGradient', builder.reshape(tiles, [PLACES, count, channels]));
}

/** A matrix over the first axis of [P, A, B]. */
function transformed(builder: GraphBuilder, matrix: keyof typeof WINOGRAD, x: OnnxValue): OnnxValue {
  const [places, a, b] = x.shape as readonly [number, number, number];
  const constant = builder.constant(WINOGRAD[matrix]);
  const product = builder.matMul(constant, builder.reshape(x, [places, a * b]));
  return builder.reshape(product, [constant.shape[0] as number, a, b]);
}

const outputShape = (window: Window): readonly number[] => [
  window.batchSize,
  window.outHeight,
  window.outWidth,
  window.outChannels,
];
