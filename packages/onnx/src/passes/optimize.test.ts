// All passes together on random lowered graphs: what runs before them and after them gives the same values.
import { type Generator, generator, seedFrom } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { attribute, type GraphBuilder } from '../builder/graph-builder.js';
import { broadcastShapes } from '../builder/shapes.js';
import type { OnnxGraph, OnnxValue } from '../model/onnx-model.js';
import { loopOf } from '../testing/loop.js';
import { graphOf, operatorsAfter, operatorsOf } from '../testing/pass-check.js';
import { scanOf } from '../testing/scan.js';
import { optimize } from './optimize.js';

const pick = <T>(random: Generator, from: readonly T[]): T => from[random.below(from.length)] as T;

const canBroadcast = (a: OnnxValue, b: OnnxValue): boolean => {
  try {
    return broadcastShapes(a.shape, b.shape).length <= 4;
  } catch {
    return false;
  }
};

/** One random node on random values: short axes of few lengths, so that shapes that must differ often agree. */
function randomNode(b: GraphBuilder, random: Generator, values: readonly OnnxValue[]): OnnxValue {
  const x = pick(random, values);
  const rank = x.shape.length;
  switch (random.below(9)) {
    case 0:
      return b.unary(pick(random, ['Neg', 'Tanh', 'Relu', 'Identity']), x);
    case 1:
    case 2: {
      const partners = values.filter((value) => canBroadcast(x, value));
      return b.binary(pick(random, ['Add', 'Sub', 'Mul']), x, pick(random, partners));
    }
    case 3:
      return b.binary(
        pick(random, ['Mul', 'Add', 'Div']),
        x,
        b.filled('float32', pick(random, [1, 0.5, -2])),
      );
    case 4: {
      const order = random.permutation(rank);
      return b.transpose(x, [...order]);
    }
    case 5: {
      // Axes of size 1 come and go, and sometimes all elements are regrouped.
      const long = x.shape.filter((size) => size !== 1);
      const shape = random.below(3) === 0 ? [...long].reverse() : long;
      const at = random.below(shape.length + 1);
      return rank > 3 ? b.reshape(x, shape) : b.reshape(x, [...shape.slice(0, at), 1, ...shape.slice(at)]);
    }
    case 6: {
      if (rank === 0) return b.unary('Tanh', x);
      const axes = x.shape.map((_, axis) => axis).filter(() => random.below(2) === 0);
      return axes.length === 0 ? b.unary('Neg', x) : b.reduce('ReduceSum', x, axes, random.below(2) === 0);
    }
    case 7: {
      const partners = values.filter((y) => y.shape.length === 2 && rank === 2 && y.shape[0] === x.shape[1]);
      return partners.length === 0 ? b.unary('Relu', x) : b.matMul(x, pick(random, partners));
    }
    default: {
      const mask = b.cast(b.compare('Greater', x, b.filled('float32', 0)), 'float32');
      return b.binary('Mul', x, mask);
    }
  }
}

function randomValues(b: GraphBuilder, random: Generator, values: readonly OnnxValue[]): OnnxValue[] {
  const all = [...values];
  for (let count = 0; count < 14; count++) all.push(randomNode(b, random, all));
  return all;
}

const SHAPES = [[3], [3, 3], [1, 3, 3], [3, 1], [2, 3], [3, 2]];

describe('optimize', () => {
  test('changes no value of random graphs', async () => {
    const random = generator(seedFrom(2026));
    for (let graph = 0; graph < 120; graph++) {
      const made = graphOf(SHAPES, (b, inputs) => {
        const all = randomValues(b, random, inputs);
        return [b.unary('Tanh', all.at(-1)!), b.unary('Tanh', all.at(-2)!)];
      });
      await operatorsAfter(optimize, made);
    }
  });

  test('changes no value of random steps, some of whose values no state enters', async () => {
    const random = generator(seedFrom(2027));
    const rows = [
      [3, 3],
      [3, 3, 3],
      [3, 1],
    ];
    for (let graph = 0; graph < 80; graph++) {
      const made = loopOf([[3, 3], ...rows], ({ builder: b, step, state, outer }) => {
        const picked = outer.slice(1).map((value) => b.gather(value, step, 0));
        const all = randomValues(b, random, [state, ...picked, outer[1]!]);
        const last = b.reduce(
          'ReduceSum',
          b.unary('Tanh', all.at(-1)!),
          all.at(-1)!.shape.map((_, i) => i),
          false,
        );
        return b.unary('Tanh', b.binary('Add', state, last));
      });
      await operatorsAfter(optimize, made);
    }
  });

  test('changes no value of random walks, forward and backward', async () => {
    const random = generator(seedFrom(2028));
    for (let graph = 0; graph < 80; graph++) {
      const made = scanOf(
        [
          [2, 3],
          [1, 3],
        ],
        ({ builder: b, state, slice, outer }) => {
          const all = randomValues(b, random, [state, slice, slice, ...outer]);
          const last = all.at(-1)!;
          const axes = last.shape.map((_, axis) => axis);
          const total = axes.length === 0 ? last : b.reduce('ReduceSum', b.unary('Tanh', last), axes, false);
          const next = b.unary('Tanh', b.binary('Add', state, total));
          return [next, b.unary('Tanh', all.at(-2)!), b.unary('Neg', state)];
        },
        graph % 2 === 0,
      );
      await operatorsAfter(optimize, made);
    }
  });

  test('gives the same graph each time', () => {
    const make = (): OnnxGraph =>
      graphOf([[4, 3], [3, 2], [2]], (b, [x, w, bias]) => {
        const y = b.binary('Add', b.reshape(b.matMul(x!, w!), [1, 4, 2]), bias!);
        return [b.unary('Softmax', y, { axis: attribute.int(-1) })];
      });
    expect(operatorsOf(optimize(make()))).toBe('Gemm Reshape Softmax');
    expect(optimize(make())).toEqual(optimize(make()));
  });
});
