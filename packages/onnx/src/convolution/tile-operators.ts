// Operators on images cut into tiles, which exist only while a graph is lowered: passes move them about
// (passes/tile/sink-tiles.ts), and `expandTiles` says what is left of them in ONNX. Tiles are kept element by element,
// [rows of a tile, its columns, T, C] with T = images × tiles of an image, so that what is done to all tiles alike is
// one operator on long rows.
import { attribute, type GraphBuilder } from '../builder/graph-builder.js';
import type { OnnxAttribute, OnnxNode, OnnxValue } from '../model/onnx-model.js';
import { INPUT_TILE, OUTPUT_TILE } from './winograd.js';

export const TILE_DOMAIN = 'starling.tiles';

type Shape4 = readonly [number, number, number, number];

/** How tiles of inputs lie over images: the first starts at (−top, −left), the next ones 4 further. */
export interface TileGrid {
  readonly top: number;
  readonly left: number;
  readonly rows: number;
  readonly columns: number;
}

/** Images [N, H, W, C] from tiles that lie side by side, [m, m, T, C]; what reaches beyond the shape is left out. */
export function fromTiles(builder: GraphBuilder, tiles: OnnxValue, shape: readonly number[]): OnnxValue {
  return builder.emitOne('FromTiles', [tiles], { dtype: tiles.dtype, shape }, {}, TILE_DOMAIN);
}

/** Tiles [m, m, T, C] of images, filled up with zeros. */
export function toTiles(builder: GraphBuilder, images: OnnxValue, side: number): OnnxValue {
  const [n, , , c] = images.shape as Shape4;
  const [rows, columns] = tileCounts(images.shape, side);
  const shape = [side, side, n * rows * columns, c];
  return builder.emitOne('ToTiles', [images], { dtype: images.dtype, shape }, {}, TILE_DOMAIN);
}

/** Tiles [6, 6, T, C] that overlap by 2, as a 3 × 3 convolution reads them; zeros around the images. */
export function overlappingTiles(builder: GraphBuilder, images: OnnxValue, grid: TileGrid): OnnxValue {
  const [n, , , c] = images.shape as Shape4;
  const shape = [INPUT_TILE, INPUT_TILE, n * grid.rows * grid.columns, c];
  return builder.emitOne(
    'OverlappingTiles',
    [images],
    { dtype: images.dtype, shape },
    gridAttributes(grid),
    TILE_DOMAIN,
  );
}

/** The transpose of `overlappingTiles`: tiles [6, 6, T, C] added up where they overlap. */
export function addTiles(
  builder: GraphBuilder,
  tiles: OnnxValue,
  shape: readonly number[],
  grid: TileGrid,
): OnnxValue {
  return builder.emitOne(
    'AddTiles',
    [tiles],
    { dtype: tiles.dtype, shape },
    gridAttributes(grid),
    TILE_DOMAIN,
  );
}

/** Images whose windows hold the parts' elements in row-major order: r · c parts [N, H, W, C] make [N, rH, cW, C]. */
export function interleave(builder: GraphBuilder, parts: readonly OnnxValue[], rows: number): OnnxValue {
  const first = parts[0] as OnnxValue;
  const [n, h, w, c] = first.shape as Shape4;
  const output = { dtype: first.dtype, shape: [n, h * rows, (w * parts.length) / rows, c] };
  return builder.emitOne('Interleave', parts, output, {}, TILE_DOMAIN);
}

/** Rows and columns of tiles that cover images [N, H, W, C]. */
export function tileCounts(shape: readonly number[], side: number): readonly [number, number] {
  const [, h, w] = shape as Shape4;
  return [Math.ceil(h / side), Math.ceil(w / side)];
}

/** Whether tiles cover images [N, H, W, C] without reaching beyond them. */
export function isCovered(shape: readonly number[], side: number): boolean {
  const [, h, w] = shape as Shape4;
  return h % side === 0 && w % side === 0;
}

export function gridOf(node: OnnxNode): TileGrid {
  const number = (name: string): number => {
    const value = node.attributes[name];
    return value?.kind === 'int' ? value.value : 0;
  };
  return { top: number('top'), left: number('left'), rows: number('rows'), columns: number('columns') };
}

function gridAttributes({ top, left, rows, columns }: TileGrid): Readonly<Record<string, OnnxAttribute>> {
  return {
    top: attribute.int(top),
    left: attribute.int(left),
    rows: attribute.int(rows),
    columns: attribute.int(columns),
  };
}

/** A tile operator in terms of ONNX; `null` for other nodes. */
export function expandTile(builder: GraphBuilder, node: OnnxNode): OnnxValue | null {
  if (node.domain !== TILE_DOMAIN) return null;
  const input = node.inputs[0] as OnnxValue;
  const { shape } = node.outputs[0] as OnnxValue;
  switch (node.op) {
    case 'FromTiles':
      return tilesToImages(builder, input, shape);
    case 'ToTiles':
      return imagesToTiles(builder, input, shape[0] as number);
    case 'OverlappingTiles':
      return gatheredTiles(builder, input, gridOf(node));
    case 'AddTiles':
      return addedTiles(builder, input, shape, gridOf(node));
    case 'Interleave':
      return interleaved(builder, node.inputs as readonly OnnxValue[], shape);
    default:
      throw new TypeError(`Cannot expand a tile operator: '${node.op}' is none`);
  }
}

const NONE = [0, 0] as const;

function tilesToImages(builder: GraphBuilder, tiles: OnnxValue, shape: readonly number[]): OnnxValue {
  const [n, h, w, c] = shape as Shape4;
  const side = tiles.shape[0] as number;
  const [rows, columns] = tileCounts(shape, side);
  const split = builder.reshape(tiles, [side, side, n, rows, columns, c]);
  const ordered = builder.transpose(split, [2, 3, 0, 4, 1, 5]);
  return builder.slice(builder.reshape(ordered, [n, rows * side, columns * side, c]), [1, 2], [0, 0], [h, w]);
}

function imagesToTiles(builder: GraphBuilder, images: OnnxValue, side: number): OnnxValue {
  const [n, h, w, c] = images.shape as Shape4;
  const [rows, columns] = tileCounts(images.shape, side);
  const padded = builder.pad(images, [NONE, [0, rows * side - h], [0, columns * side - w], NONE]);
  const split = builder.reshape(padded, [n, rows, side, columns, side, c]);
  const ordered = builder.transpose(split, [2, 4, 0, 1, 3, 5]);
  return builder.reshape(ordered, [side, side, n * rows * columns, c]);
}

/**
 * One Gather of pixels: where each lies is a sum over its row and column in the tile, its image, and its tile's row and
 * column.
 */
function gatheredTiles(builder: GraphBuilder, images: OnnxValue, grid: TileGrid): OnnxValue {
  const [n, h, w, c] = images.shape as Shape4;
  const [height, width] = paddedSize(grid);
  const { top, left, rows, columns } = grid;
  const padded = builder.pad(images, [
    NONE,
    [top, Math.max(0, height - top - h)],
    [left, Math.max(0, width - left - w)],
    NONE,
  ]);
  const [, allRows, allColumns] = padded.shape as Shape4;
  const line = (sizes: readonly number[], step: number): OnnxValue => {
    const length = sizes.reduce((product, size) => product * size, 1);
    const values = Int32Array.from({ length }, (_, index) => index * step);
    return builder.constant({ dtype: 'int32', shape: sizes, data: values });
  };
  const positions = [
    line([INPUT_TILE, 1, 1, 1, 1], allColumns),
    line([INPUT_TILE, 1, 1, 1], 1),
    line([n, 1, 1], allRows * allColumns),
    line([rows, 1], OUTPUT_TILE * allColumns),
    line([columns], OUTPUT_TILE),
  ].reduce((sum, part) => builder.binary('Add', sum, part));
  const pixels = builder.reshape(padded, [n * allRows * allColumns, c]);
  const tiles = builder.gather(pixels, positions, 0);
  return builder.reshape(tiles, [INPUT_TILE, INPUT_TILE, n * rows * columns, c]);
}

const range = <T>(length: number, valueAt: (index: number) => T): readonly T[] =>
  Array.from({ length }, (_, index) => valueAt(index));

/** Height and width of what the grid's tiles reach. */
function paddedSize({ rows, columns }: TileGrid): readonly [number, number] {
  const overlap = INPUT_TILE - OUTPUT_TILE;
  return [rows * OUTPUT_TILE + overlap, columns * OUTPUT_TILE + overlap];
}

/**
 * The last two rows of a tile lie on the first two of the tile below, and likewise columns: with one more tile at the
 * end they are added there, and what remains lies side by side.
 */
function addedTiles(
  builder: GraphBuilder,
  tiles: OnnxValue,
  shape: readonly number[],
  { top, left, rows, columns }: TileGrid,
): OnnxValue {
  const [n, h, w, c] = shape as Shape4;
  const split = builder.reshape(tiles, [INPUT_TILE, INPUT_TILE, n, rows, columns, c]);
  const below = foldedAxis(builder, split, 0, 3);
  const side = foldedAxis(builder, below, 1, 4);
  const all = builder.transpose(side, [2, 3, 0, 4, 1, 5]);
  const field = builder.reshape(all, [n, (rows + 1) * OUTPUT_TILE, (columns + 1) * OUTPUT_TILE, c]);
  const [, height, width] = field.shape as Shape4;
  const wide = builder.pad(field, [
    NONE,
    [0, Math.max(0, top + h - height)],
    [0, Math.max(0, left + w - width)],
    NONE,
  ]);
  return builder.slice(wide, [1, 2], [top, left], [h, w]);
}

/** Adds positions 4 and 5 along an axis within tiles to positions 0 and 1 of the next tile along the axis of tiles. */
function foldedAxis(builder: GraphBuilder, tiles: OnnxValue, within: number, across: number): OnnxValue {
  const overlap = INPUT_TILE - OUTPUT_TILE;
  const padded = (value: OnnxValue, before: number, after: number): OnnxValue =>
    builder.pad(
      value,
      value.shape.map((_, axis) =>
        axis === across
          ? [before, after]
          : axis === within
            ? [0, OUTPUT_TILE - (value.shape[within] ?? 0)]
            : NONE,
      ),
    );
  const kept = builder.slice(tiles, [within], [0], [OUTPUT_TILE]);
  const moved = builder.slice(tiles, [within], [OUTPUT_TILE], [overlap]);
  return builder.binary('Add', padded(kept, 0, 1), padded(moved, 1, 0));
}

function interleaved(
  builder: GraphBuilder,
  parts: readonly OnnxValue[],
  shape: readonly number[],
): OnnxValue {
  const [first] = parts as readonly [OnnxValue];
  const [n, h, w, c] = first.shape as Shape4;
  const width = (shape[2] as number) / w;
  const rows = range((shape[1] as number) / h, (row) => {
    const cells = parts
      .slice(row * width, (row + 1) * width)
      .map((part) => builder.reshape(part, [n, h, w, 1, c]));
    return builder.reshape(builder.concat(cells, 3), [n, h, 1, w * width, c]);
  });
  return builder.reshape(builder.concat(rows, 2), shape);
}
