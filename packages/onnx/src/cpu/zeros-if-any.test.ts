import { describe, expect, test } from 'vitest';
import type { GraphBuilder } from '../builder/graph-builder.js';
import { applyPass } from '../builder/rewrite-graph.js';
import { decodeModel } from '../model/decode-model.js';
import { encodeModel } from '../model/encode-model.js';
import type { OnnxValue } from '../model/onnx-model.js';
import { graphOf, operatorsAfter, outputsOf } from '../testing/pass-check.js';
import { zerosIfAny } from './zeros-if-any.js';

const [ROWS, COLUMNS] = [6, 4];

/** The product of two inputs [3, 2] and [2, 8] as [6, 4], with `value` in the rows for which the third input is 0. */
const overwritten = (value: number, isProductRead = false) =>
  graphOf([[3, 2], [2, 8], [ROWS]], (b: GraphBuilder, [left, right, kept]) => {
    const product = b.matMul(left!, right!);
    const rows = b.reshape(product, [ROWS, COLUMNS]);
    const isZero = b.compare('Equal', kept!, b.scalarLike(kept!, 0));
    const found = b.emitOne('NonZero', [isZero], { dtype: 'int64', shape: [1, -1] });
    const places = b.emitOne('Reshape', [found, b.ints([-1, 1])], { dtype: 'int64', shape: [-1, 1] });
    const length = b.slice(b.emitOne('Shape', [places], { dtype: 'int64', shape: [2] }), [0], [0], [1]);
    const size = b.concat([length, b.ints([COLUMNS])], 0);
    const fill = { dtype: 'float32', shape: [-1, COLUMNS] } as const;
    const values = b.emitOne('Expand', [b.filled('float32', value), size], fill);
    const result: OnnxValue = b.emitOne('ScatterND', [rows, places, values], rows);
    return isProductRead ? [b.unary('Neg', result), b.unary('Neg', product)] : [b.unary('Neg', result)];
  });

describe('zerosIfAny', () => {
  test('writes zeros over rows of a product only where there is a row', async () => {
    const graph = overwritten(0);
    expect(await operatorsAfter(zerosIfAny, graph)).toBe('Equal Cast ReduceSum Greater If Reshape Neg');
    const branched = applyPass(graph, zerosIfAny);
    const [left, right] = [Float32Array.of(1, 2, 3, 4, 5, 6), new Float32Array(16).fill(1)];
    for (const kept of [
      [1, 0, 1, 1, 0, 1],
      [0, 0, 0, 0, 0, 0],
      [1, 2, 3, 4, 5, 6],
    ]) {
      const [got] = await outputsOf(branched, [left, right, Float32Array.from(kept)]);
      // Rows [1, 2], [3, 4] and [5, 6] times ones: 3, 7 and 11, each for two of the six.
      const sums = [3, 3, 7, 7, 11, 11].flatMap((sum, row) =>
        new Array(COLUMNS).fill(kept[row] === 0 ? -0 : -sum),
      );
      expect([...(got!.data as Float32Array)]).toEqual(sums);
    }
  });

  test('leaves alone what is no zero, and a product that something else reads', async () => {
    const untouched = /NonZero.*ScatterND/;
    expect(await operatorsAfter(zerosIfAny, overwritten(2))).toMatch(untouched);
    expect(await operatorsAfter(zerosIfAny, overwritten(0, true))).toMatch(untouched);
  });

  test('keeps its branches in the bytes of a model', () => {
    const branched = applyPass(overwritten(0), zerosIfAny);
    expect(encodeModel(decodeModel(encodeModel(branched)))).toEqual(encodeModel(branched));
  });
});
