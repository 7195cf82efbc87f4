import { float32, type LocalComputation, sequence, type Tensor } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { assertAgree, captured, eagerly, runOn } from '../../contract/drawing/agreement.js';
import { Draw } from '../../contract/drawing/draw.js';
import { randomRecurrence } from '../../contract/random/random-recurrence.js';
import { createTfjsEngine } from '../../engines/tfjs/tfjs-engine.js';
import { compileGraph } from '../../lowering/compile-graph.js';
import * as tf from '../../tensorflow/tf.js';
import { ENGINES, runLocal } from '../../testing/engines.js';
import { floats, nodeNames } from '../../testing/graphs.js';
import { kernelGraphOf, localComputation } from '../local-computation.js';
import { random } from '../random.js';
import { sequenceReduce } from '../sequences/sequence-reduce.js';
import { scan } from './scan.js';

describe.each(ENGINES)('scan on %s', (_, makeEngine) => {
  test('carries a state and stacks results', async () => {
    const local = localComputation({ x: float32(4) }, ({ x }) =>
      scan(x, tf.scalar(0), (sum, each) => [sum.add(each), sum.mul(each)] as const),
    ) as unknown as LocalComputation;
    // Sums before each step: 0, 1, 3, 6; times 1, 2, 3, 4.
    expect(await runLocal(makeEngine, local, [floats([1, 2, 3, 4])])).toEqual([[10], [0, 2, 9, 24]]);
  });

  test('walks backwards with results at the index of their element', async () => {
    const local = localComputation({ x: float32(4) }, ({ x }) =>
      scan(x, tf.scalar(0), (sum, each) => [sum.add(each), sum.mul(each)] as const, { reverse: true }),
    ) as unknown as LocalComputation;
    // Sums before the steps of 4, 3, 2, 1: 0, 4, 7, 9; times the element.
    expect(await runLocal(makeEngine, local, [floats([1, 2, 3, 4])])).toEqual([[10], [9, 14, 12, 0]]);
  });

  // h ← tanh(x W + (h U)∘s + b) with results h² and x: every kind of gradient there is in a step, W twice.
  const step = (x: tf.Tensor, h: tf.Tensor, [w, u, b, s]: readonly tf.Tensor[]) => {
    const product = tf.add(
      tf.matMul(x as tf.Tensor2D, w as tf.Tensor2D),
      tf.matMul(x as tf.Tensor2D, tf.mul(w as tf.Tensor, 0.5)),
    );
    return tf.tanh(
      tf.add(
        tf.add(product, tf.mul(tf.matMul(h as tf.Tensor2D, u as tf.Tensor2D), s as tf.Tensor)),
        b as tf.Tensor,
      ),
    );
  };
  const loss = (last: tf.Tensor, squares: tf.Tensor, xs: tf.Tensor) =>
    tf.add(tf.sum(tf.mul(squares, xs)), tf.sum(tf.exp(last))) as tf.Scalar;
  const scanned = (...[xs, h0, ...weights]: tf.Tensor[]) => {
    const [last, results] = scan(xs as tf.Tensor, h0 as tf.Tensor, (h, x) => {
      const next = step(x, h, weights);
      return [next, { square: tf.square(next), x }] as const;
    });
    return loss(last, results.square, results.x);
  };
  const unrolled = (...[xs, h0, ...weights]: tf.Tensor[]) => {
    let h = h0 as tf.Tensor;
    const squares = tf.unstack(xs as tf.Tensor).map((x) => {
      h = step(x, h, weights);
      return tf.square(h);
    });
    return loss(h, tf.stack(squares), xs as tf.Tensor);
  };
  const draw = new Draw(5);
  const argument = [[6, 2, 3], [2, 3], [3, 3], [3, 3], [3], [1]].map((shape) => draw.floats(shape, -1, 1));
  const types = Object.fromEntries(argument.map(({ shape }, index) => [`x${index}`, float32(...shape)]));

  test('has the gradients of the unrolled loop', async () => {
    const gradients = (loss: typeof scanned) => (inputs: readonly tf.Tensor[]) => tf.grads(loss)([...inputs]);
    const local = localComputation(types, (all) => gradients(scanned)(Object.values(all)));
    const engine = await makeEngine();
    const loaded = await engine.load(compileGraph(local as LocalComputation));
    const actual: readonly Tensor[] = await loaded.run(argument, [1, 2]);
    assertAgree('gradients', actual, eagerly(argument, gradients(unrolled)));
  });

  test('takes integers in its state, its elements and around it, also where floats made them', async () => {
    const whole = (x: tf.Tensor): tf.Tensor => tf.cast(x, 'int32');
    const local = localComputation({ x: float32(3) }, ({ x }) =>
      tf.grad((y: tf.Tensor) => {
        const limit = whole(tf.max(y));
        const [{ sum, count }] = scan(
          [y, whole(y)],
          { sum: tf.scalar(0), count: tf.scalar(0, 'int32') },
          (state, each) => {
            const [float, integer] = each as [tf.Tensor, tf.Tensor];
            const counted = tf.add(state.count, tf.cast(tf.less(integer, limit), 'int32'));
            return [
              { sum: state.sum.add(float.mul(tf.cast(counted, 'float32'))), count: counted },
              [],
            ] as const;
          },
        );
        return sum.add(tf.cast(count, 'float32').mul(0));
      })(x),
    ) as LocalComputation;
    // Elements below 3 are counted: y₀ · 1 + y₁ · 1 + y₂ · 2 for [1, 3, 2].
    expect(await runLocal(makeEngine, local, [floats([1, 3, 2])])).toEqual([[1, 1, 2]]);
  });

  test('draws numbers of its own for each step, the same forward and backward', async () => {
    // What is drawn inside of the steps is what could have been drawn before, for all of them: h ← tanh(h v + x + n).
    const noisy = (draw: 'inside' | 'before') =>
      localComputation({ x: float32(4, 2), v: float32(2) }, ({ x, v }) => {
        const before = random.normal([4, 2]);
        const loss = (weight: tf.Tensor): tf.Tensor => {
          const [last, results] = scan({ x, before }, tf.zeros([2]), (h, element) => {
            const noise = draw === 'inside' ? random.normal([2]) : element.before;
            const next = tf.tanh(h.mul(weight).add(element.x).add(noise));
            return [next, tf.mul(next, noise)] as const;
          });
          return tf.add(tf.sum(last), tf.sum(results));
        };
        const { value, grad } = tf.valueAndGrad(loss)(v);
        return [value, grad];
      }) as unknown as LocalComputation;
    const argument = [floats([1, -1, 0.5, 2, 0, 1, -2, 0.3], [4, 2]), floats([0.5, -0.7])];
    const inside = (await runLocal(makeEngine, noisy('inside'), argument)).flat();
    const before = (await runLocal(makeEngine, noisy('before'), argument)).flat();
    for (const [index, value] of inside.entries()) expect(value).toBeCloseTo(before[index] as number, 5);
  });

  test('draws anew in every step of nested scans, of reductions and of their epochs', async () => {
    const local = localComputation({ data: sequence(float32(3)) }, ({ data }) =>
      sequenceReduce(
        data.repeat(2),
        { at: tf.scalar(0, 'int32'), drawn: tf.zeros([4, 3, 2]) },
        (state, xs) => {
          const [, drawn] = scan(xs, 0, (outer) => {
            const [, pair] = scan(tf.zeros([2]), 0, (inner) => [inner, random.uniform([])] as const);
            return [outer, pair] as const;
          });
          const place = tf.reshape(tf.oneHot(state.at as tf.Tensor1D, 4, 1, 0, 'float32'), [4, 1, 1]);
          return {
            at: tf.add(state.at, tf.scalar(1, 'int32')),
            drawn: tf.add(state.drawn, tf.mul(place, drawn)),
          };
        },
      ),
    ) as unknown as LocalComputation;
    const [steps, drawn = []] = await runLocal(makeEngine, local, [floats(new Array(6).fill(0), [2, 3])]);
    // Two elements, twice; three outer steps of two inner ones.
    expect(steps).toEqual([4]);
    expect(new Set(drawn).size).toBe(24);
  });

  test('draws for tf.dropout in its steps', async () => {
    const local = localComputation({ x: float32(8, 64) }, ({ x }) => {
      const [kept] = scan(x, 0, (count, row) => [tf.add(count, tf.sum(tf.dropout(row, 0.5))), []] as const);
      const [, masks] = scan(x, 0, (none, row) => [none, tf.dropout(row, 0.5)] as const);
      return [kept, masks];
    }) as unknown as LocalComputation;
    const [[sum = 0] = [], masks = []] = await runLocal(makeEngine, local, [
      floats(new Array(512).fill(1), [8, 64]),
    ]);
    // Kept elements count 2: 512 ± four standard deviations of 2 √(512 / 4).
    expect(Math.abs(sum - 512)).toBeLessThan(4 * 2 * Math.sqrt(128));
    const rows = Array.from({ length: 8 }, (_, row) => masks.slice(row * 64, (row + 1) * 64).join(''));
    expect(new Set(rows).size).toBe(8);
  });

  test('lets gradients be taken within a reduction over a dataset', async () => {
    const local = localComputation({ data: sequence(float32(3)), w: float32() }, ({ data, w }) =>
      sequenceReduce(data, w, (weight, xs) => {
        const gradient = tf.grad(
          (v: tf.Tensor) => scan(xs, tf.scalar(0), (h, x) => [h.add(x.mul(v)), []] as const)[0],
        );
        return weight.sub(gradient(weight));
      }),
    ) as LocalComputation;
    // d/dv Σ x v = Σ x: 1 − (1 + 2 + 3) − (4 + 5 + 6)
    expect(await runLocal(makeEngine, local, [floats([1, 2, 3, 4, 5, 6], [2, 3]), floats([1], [])])).toEqual([
      [-20],
    ]);
  });
});

describe('scan', () => {
  test('has the gradients of the unrolled loop, for random steps', async () => {
    const engine = await createTfjsEngine();
    for (let seed = 1; seed <= 15; seed++) {
      const { inputs, body } = randomRecurrence(seed, 'scanned');
      const expected = eagerly(inputs, randomRecurrence(seed, 'unrolled').body);
      assertAgree(
        `recurrence ${seed}`,
        await runOn(engine, captured('recurrence', inputs, body), inputs),
        expected,
      );
    }
  });

  test('is as large for many steps as for few, forward and backward', () => {
    const sizeFor = (steps: number) => {
      const local = localComputation({ x: float32(steps), w: float32() }, ({ x, w }) =>
        tf.grad(
          (v: tf.Tensor) => scan(x, tf.scalar(0), (h, each) => [tf.tanh(h.mul(v).add(each)), []] as const)[0],
        )(w),
      );
      return nodeNames(kernelGraphOf(local));
    };
    expect(sizeFor(100)).toEqual(sizeFor(3));
    expect(sizeFor(3).filter((name) => name === 'scan')).toHaveLength(2);
  });

  test.each<[string, (x: tf.Tensor) => unknown, string]>([
    [
      'sequences of different lengths',
      (x) => scan([x, tf.zeros([2])], 0, (h) => [h, []] as const),
      'share a first axis',
    ],
    [
      'a state that changes its shape',
      (x) => scan(x, 0, () => [tf.zeros([2]), []] as const),
      'became float32[2]',
    ],
    ['a state that changes its form', (x) => scan(x, 0, () => [{ h: 0 }, []] as const), '{h:•}'],
    [
      'a gradient of its gradient',
      (x) => {
        const total = (y: tf.Tensor) => scan(y, 0, (h, each) => [h.add(tf.square(each)), []] as const)[0];
        return tf.grad((y: tf.Tensor) => tf.sum(tf.grad(total)(y)))(x);
      },
      'gradient of a gradient of scan',
    ],
  ])('refuses %s', (_, body, message) => {
    expect(() => localComputation({ x: float32(3) }, ({ x }) => body(x) as tf.Tensor)).toThrow(message);
  });
});
