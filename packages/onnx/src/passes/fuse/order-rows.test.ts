import { tensor } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import type { GraphBuilder } from '../../builder/graph-builder.js';
import type { OnnxValue } from '../../model/onnx-model.js';
import { graphOf, operatorsAfter } from '../../testing/pass-check.js';
import { orderRows } from './order-rows.js';

/** Of two rows, and of columns so many that each is another. */
const constant = (b: GraphBuilder, columns: number): OnnxValue =>
  b.constant(
    tensor(
      'float32',
      [2, columns],
      Float32Array.from({ length: 2 * columns }, (_, i) => i - 3),
    ),
  );

describe('orderRows', () => {
  // Four fields [2, 2, 5] become [4, 4, 5] with windows of 2 × 2, whose 16 rows of 5 a constant multiplies.
  test('lays parts one after another when they were laid between each other', async () => {
    const shape = [2, 2, 5];
    const graph = graphOf([shape, shape, shape, shape], (b, parts) => {
      const cells = parts.map((part) => b.reshape(part, [2, 1, 2, 1, 5]));
      const rows = [b.concat(cells.slice(0, 2), 3), b.concat(cells.slice(2), 3)];
      return [b.matMul(constant(b, 16), b.reshape(b.concat(rows, 1), [16, 5]))];
    });
    expect(await operatorsAfter(orderRows, graph)).toBe('Reshape Reshape Reshape Reshape Concat MatMul');
  });

  test('takes parts of several rows', async () => {
    const shapes = [
      [2, 3, 4],
      [2, 1, 4],
    ];
    const graph = graphOf(shapes, (b, [x, y]) => [
      b.matMul(constant(b, 8), b.reshape(b.concat([y!, x!], 1), [8, 4])),
    ]);
    expect(await operatorsAfter(orderRows, graph)).toBe('Reshape Reshape Concat MatMul');
  });

  test.each<[string, (b: GraphBuilder, x: OnnxValue, y: OnnxValue) => readonly OnnxValue[]]>([
    ['stand in order', (b, x, y) => [b.matMul(constant(b, 4), b.concat([x, y], 0))]],
    ['stand twice', (b, x) => [b.matMul(constant(b, 4), b.reshape(b.concat([x, x], 1), [4, 3]))]],
    ['are not whole', (b, x, y) => [b.matMul(constant(b, 2), b.concat([x, y], 1))]],
    [
      'are read elsewhere, too',
      (b, x, y) => {
        const between = b.concat([b.reshape(x, [2, 1, 3]), b.reshape(y, [2, 1, 3])], 1);
        return [b.matMul(constant(b, 4), b.reshape(between, [4, 3])), between];
      },
    ],
    [
      'are multiplied by no constant',
      (b, x, y) => {
        const between = b.concat([b.reshape(x, [2, 1, 3]), b.reshape(y, [2, 1, 3])], 1);
        return [b.matMul(b.reshape(b.unary('Neg', x), [1, 6]), b.reshape(between, [6, 2]))];
      },
    ],
  ])('leaves rows that %s', async (_, build) => {
    const graph = graphOf(
      [
        [2, 3],
        [2, 3],
      ],
      (b, [x, y]) => build(b, x!, y!),
    );
    const before = graph.nodes.map(({ op }) => op).join(' ');
    expect((await operatorsAfter(orderRows, graph)).replace(/ Identity/g, '')).toBe(before);
  });
});
