// Patches of zeros, of which Winograd's algorithm leaves rounding noise: the tile around them may hold more, and ±1e-8
// stands in their place, so that a relu lets half of them through, and with them their gradients. Their outputs are
// written over with zeros. What finds them, and what knows this again in a finished graph, stand side by side.
import { sizeOf } from '@starling/federated-core/plan';
import type { GraphBuilder } from '../builder/graph-builder.js';
import type { RewriteContext } from '../builder/rewrite-graph.js';
import type { OnnxValue } from '../model/onnx-model.js';
import { FILTER_SIDE, INPUT_TILE, PATCHES } from './winograd.js';

/** The middle two rows and columns of an input tile: every patch of 3 × 3 in 6 × 6 has one of these four pixels. */
const [MIDDLE, MIDDLE_SIDE] = [INPUT_TILE / 2 - 1, 2];

/** bool [16 · T]: which patches of tiles [6, 6, T, C], whose elements are not negative, are of zeros alone. */
export function emptyPatches(builder: GraphBuilder, magnitudes: OnnxValue): OnnxValue {
  const empty = builder.cast(emptyPixels(builder, magnitudes), 'float32');
  const places = INPUT_TILE ** 2;
  const counts = builder.matMul(
    builder.constant(PATCHES),
    builder.reshape(empty, [places, sizeOf(empty.shape) / places]),
  );
  return builder.compare(
    'Equal',
    builder.reshape(counts, [sizeOf(counts.shape)]),
    builder.scalarLike(counts, FILTER_SIDE ** 2),
  );
}

/** bool []: whether any patch can be empty, by a ninth of the pixels. */
export function maybeEmpty(builder: GraphBuilder, magnitudes: OnnxValue): OnnxValue {
  const middle = builder.slice(magnitudes, [0, 1], [MIDDLE, MIDDLE], [MIDDLE_SIDE, MIDDLE_SIDE]);
  return isAny(builder, emptyPixels(builder, middle));
}

/** bool []: whether any of some bools is true. */
export function isAny(builder: GraphBuilder, bools: OnnxValue): OnnxValue {
  const axes = bools.shape.map((_, axis) => axis);
  const count = builder.reduce('ReduceSum', builder.cast(bools, 'float32'), axes, false);
  return builder.compare('Greater', count, builder.scalarLike(count, 0));
}

/** What `emptyPatches` made these bools of, if it did. */
export function magnitudesOf(
  isEmpty: OnnxValue,
  { producedBy, constant }: Pick<RewriteContext, 'producedBy' | 'constant'>,
): OnnxValue | undefined {
  const counts = producedBy(
    'MatMul',
    producedBy('Reshape', producedBy('Equal', isEmpty)?.inputs[0])?.inputs[0],
  );
  const patches = constant(counts?.inputs[0]);
  if (!patches || `${patches.shape}` !== `${PATCHES.shape}`) return undefined;
  if (!PATCHES.data.every((value, index) => value === patches.data[index])) return undefined;
  const empty = producedBy('Cast', producedBy('Reshape', counts?.inputs[1])?.inputs[0]);
  const magnitudes = producedBy('ReduceSum', producedBy('Equal', empty?.inputs[0])?.inputs[0])?.inputs[0];
  return magnitudes?.shape.length === 4 ? magnitudes : undefined;
}

/** `values` [R, O] with zeros in the rows for which `rows` [R] holds. */
export function withZeroRows(builder: GraphBuilder, values: OnnxValue, rows: OnnxValue): OnnxValue {
  const width = values.shape.slice(1);
  const found = builder.emitOne('NonZero', [rows], { dtype: 'int64', shape: [1, -1] });
  const places = builder.emitOne('Reshape', [found, builder.ints([-1, 1])], {
    dtype: 'int64',
    shape: [-1, 1],
  });
  const count = builder.slice(
    builder.emitOne('Shape', [places], { dtype: 'int64', shape: [2] }),
    [0],
    [0],
    [1],
  );
  const size = builder.concat([count, builder.ints(width)], 0);
  const described = { dtype: values.dtype, shape: [-1, ...width] };
  const zeros = builder.emitOne('Expand', [builder.scalarLike(values, 0), size], described);
  return builder.emitOne('ScatterND', [values, places, zeros], values);
}

function emptyPixels(builder: GraphBuilder, magnitudes: OnnxValue): OnnxValue {
  const pixels = builder.reduce('ReduceSum', magnitudes, [3], false);
  return builder.compare('Equal', pixels, builder.scalarLike(pixels, 0));
}
