import { describe, expect, test } from 'vitest';
import { applyPass } from '../../builder/rewrite-graph.js';
import type { OnnxGraph } from '../../model/onnx-model.js';
import { graphOf, operatorsAfter } from '../../testing/pass-check.js';
import { simplify } from './simplify.js';

const twice = (graph: OnnxGraph): OnnxGraph => applyPass(applyPass(graph, simplify), simplify);

describe('simplify', () => {
  test('drops identities, and products and sums that change nothing, when shapes stay', async () => {
    const graph = graphOf([[2, 3]], (b, [x]) => {
      const once = b.binary('Mul', b.unary('Identity', x!), b.filled('float32', 1));
      const zero = b.binary('Sub', once, b.filled('float32', 0));
      return [b.unary('Exp', zero)];
    });
    expect(await operatorsAfter(simplify, graph)).toBe('Exp');
  });

  test('keeps a sum with 0, which makes −0 positive', async () => {
    const graph = graphOf([[2, 3]], (b, [x]) => [b.binary('Add', b.filled('float32', 0), x!)]);
    expect(await operatorsAfter(simplify, graph)).toBe('Add');
  });

  // 1 / 3e38 and 1e-30 · 1e-30 are below the least normal number, 1.2e-38.
  test('keeps quotients and chains of products when their one factor would not be a normal number', async () => {
    const quotient = graphOf([[2]], (b, [x]) => [b.binary('Div', x!, b.filled('float32', 3e38))]);
    expect(await operatorsAfter(simplify, quotient)).toBe('Div');
    const chain = graphOf([[2]], (b, [x]) => {
      const factor = b.filled('float32', 1e-30);
      return [b.binary('Mul', b.binary('Mul', x!, factor), factor)];
    });
    expect(await operatorsAfter(simplify, chain)).toBe('Mul Mul');
  });

  // 1e20 · 1e30 is above the largest float32, 3.4e38: the result is infinite, and 1e20 of the factor 1. 1e-20 · 1e-30
  // is below the least, 1.4e-45.
  test('keeps chains of factors on either side of 1, which may overflow or underflow between', async () => {
    for (const [first, second] of [
      [1e30, 1e-30],
      [1e-30, 1e30],
      [0.5, -2],
    ] as const) {
      const graph = graphOf([[2]], (b, [x]) => [
        b.binary('Mul', b.binary('Mul', x!, b.filled('float32', first)), b.filled('float32', second)),
      ]);
      expect(await operatorsAfter(simplify, graph)).toBe('Mul Mul');
    }
  });

  // 41 times the float32 next to 1 / 41 is 0.99999994.
  test('makes quotients products only when the reciprocal is exact', async () => {
    const quotient = (divisor: number): OnnxGraph =>
      graphOf([[2]], (b, [x]) => [b.binary('Div', x!, b.filled('float32', divisor))]);
    for (const divisor of [41, 3, 0.1, -255, 1.5]) {
      expect(await operatorsAfter(simplify, quotient(divisor))).toBe('Div');
    }
    for (const divisor of [2, -4, 0.25, 2 ** 126, 2 ** -126]) {
      expect(await operatorsAfter(simplify, quotient(divisor))).toBe('Mul');
    }
  });

  test('keeps a product with 1 when it broadcasts', async () => {
    const graph = graphOf([[3]], (b, [x]) => [b.binary('Mul', x!, b.filled('float32', 1, [2, 3]))]);
    expect(await operatorsAfter(simplify, graph)).toBe('Mul');
  });

  test('joins casts when the first loses nothing, and keeps those that round', async () => {
    const lossless = graphOf([[4]], (b, [x]) => {
      const positive = b.compare('Greater', x!, b.filled('float32', 0));
      return [b.cast(b.cast(positive, 'int32'), 'float32')];
    });
    expect(await operatorsAfter(simplify, lossless)).toBe('Greater Cast');
    const rounding = graphOf([[4]], (b, [x]) => [b.cast(b.cast(x!, 'int32'), 'float32')]);
    expect(await operatorsAfter(simplify, rounding)).toBe('Cast Cast');
  });

  test('joins reshapes and transposes, and makes transposes of axes of size 1 reshapes', async () => {
    const graph = graphOf([[2, 3, 4]], (b, [x]) => {
      const there = b.transpose(x!, [2, 0, 1]);
      const back = b.transpose(there, [1, 2, 0]);
      const column = b.reshape(b.reshape(back, [6, 4]), [24, 1]);
      return [b.unary('Neg', b.transpose(column, [1, 0]))];
    });
    expect(await operatorsAfter(twice, graph)).toBe('Reshape Neg');
  });

  test('multiplies constant factors beforehand, quotients too', async () => {
    const graph = graphOf([[5]], (b, [x]) => {
      const quarter = b.binary('Div', x!, b.filled('float32', 4));
      return [b.binary('Mul', b.filled('float32', 0.3), quarter)];
    });
    expect(await operatorsAfter(simplify, graph)).toBe('Mul');
  });

  test('moves signs on until they meet a sum', async () => {
    const graph = graphOf([[2, 3], [3], [2]], (b, [x, y, z]) => {
      const sum = b.reduce('ReduceSum', b.binary('Mul', b.unary('Neg', x!), y!), [1], false);
      return [b.binary('Add', z!, sum)];
    });
    expect(await operatorsAfter((g) => twice(twice(g)), graph)).toBe('Mul ReduceSum Sub');
  });

  test('leaves out expansions that broadcasting does anyway', async () => {
    const graph = graphOf([[1], [4]], (b, [x, y]) => {
      const ones = b.expand(b.filled('float32', 1), [4]);
      return [b.binary('Mul', b.binary('Mul', x!, ones), y!)];
    });
    expect(await operatorsAfter(twice, graph)).toBe('Mul');
  });
});
