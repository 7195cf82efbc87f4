import { deriveSeed, generator, seedFrom, type Tensor, tensor } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import type { SequenceView } from '../kernel-graph.js';
import { bindFeeds } from './bind-feeds.js';
import { draw } from './draw.js';
import type { Feed } from './feeds.js';

const seed = seedFrom(11);
const plain: SequenceView = { batchSize: 2, shuffle: false, epochs: 1, dropRemainder: false, take: null };
const column = (length: number): Tensor => tensor('float32', [length, 3], new Float32Array(length * 3));

function bind(kind: 'indices' | 'mask', length: number, view: Partial<SequenceView>): Tensor {
  const feed: Feed = { kind, name: kind, leaf: 0, reduce: 3, view: { ...plain, ...view } };
  return bindFeeds([feed], [column(length)], seed)[0] as Tensor;
}

describe('bindFeeds', () => {
  test('passes leaves of the argument through as they are', () => {
    const leaves = [column(1), column(2)];
    const [bound] = bindFeeds([{ kind: 'argument', name: 'x', leaf: 1 }], leaves, seed);
    expect(bound).toBe(leaves[1]);
  });

  test('pads a short last batch with index 0 and mask 0', () => {
    expect(bind('indices', 3, {})).toEqual(tensor('int32', [2, 2], Int32Array.of(0, 1, 2, 0)));
    expect(bind('mask', 3, {})).toEqual(tensor('float32', [2, 2], Float32Array.of(1, 1, 1, 0)));
  });

  test('leaves a short last batch out when told to, and keeps epochs apart', () => {
    expect(bind('indices', 3, { dropRemainder: true, epochs: 2 }).data).toEqual(Int32Array.of(0, 1, 0, 1));
    expect(bind('indices', 3, { epochs: 2 }).data).toEqual(Int32Array.of(0, 1, 2, 0, 0, 1, 2, 0));
    expect(bind('mask', 3, { epochs: 2 }).data).toEqual(Float32Array.of(1, 1, 1, 0, 1, 1, 1, 0));
  });

  test('walks element by element without a batch axis when the batch size is null', () => {
    expect(bind('indices', 3, { batchSize: null })).toEqual(tensor('int32', [3], Int32Array.of(0, 1, 2)));
  });

  test('shuffles the first `take` elements anew for each epoch', () => {
    const { data } = bind('indices', 9, { shuffle: true, epochs: 2, take: 4 });
    const orders = [0, 1].flatMap((epoch) => [
      ...generator(deriveSeed(seed, 'order', 3, epoch)).permutation(4),
    ]);
    expect([...data]).toEqual(orders);
  });

  test('follows one epoch by the next until there are as many steps as asked for', () => {
    // Epochs of 3 elements in batches of 2: [0 1] [2 –] | [0 1] [2 –] | [0 1].
    const view = { epochs: null, steps: 5 };
    expect(bind('indices', 3, view)).toEqual(
      tensor('int32', [5, 2], Int32Array.of(0, 1, 2, 0, 0, 1, 2, 0, 0, 1)),
    );
    expect(bind('mask', 3, view).data).toEqual(Float32Array.of(1, 1, 1, 0, 1, 1, 1, 0, 1, 1));
    // Fewer than one epoch has.
    expect(bind('indices', 9, { ...view, steps: 2 }).data).toEqual(Int32Array.of(0, 1, 2, 3));
    // Without a batch there is no step to take.
    expect(bind('indices', 0, view).shape).toEqual([0, 2]);
    expect(bind('indices', 1, { ...view, dropRemainder: true }).shape).toEqual([0, 2]);
  });

  test('cuts all epochs into batches as one across epochs', () => {
    // Three epochs of 3 elements: [0 1] [2 0] [1 2] [0 1] [2 –].
    const view = { epochs: 3, acrossEpochs: true } as const;
    const whole = [0, 1, 2, 0, 1, 2, 0, 1, 2, 0];
    expect(bind('indices', 3, view)).toEqual(tensor('int32', [5, 2], Int32Array.from(whole)));
    expect(bind('mask', 3, view).data).toEqual(Float32Array.of(1, 1, 1, 1, 1, 1, 1, 1, 1, 0));
    expect(bind('indices', 3, { ...view, dropRemainder: true }).data).toEqual(
      Int32Array.from(whole.slice(0, 8)),
    );
    // Of fewer elements than a batch has: four epochs of one are two batches, and so are two steps.
    expect(bind('mask', 1, { ...view, epochs: 4 }).data).toEqual(Float32Array.of(1, 1, 1, 1));
    const steps = { epochs: null, steps: 2, acrossEpochs: true } as const;
    expect(bind('mask', 1, steps).data).toEqual(Float32Array.of(1, 1, 1, 1));
    expect(bind('indices', 3, { ...steps, steps: 4 }).data).toEqual(Int32Array.from(whole.slice(0, 8)));
    for (const none of [view, steps]) expect(bind('indices', 0, none).shape).toEqual([0, 2]);
    // Each epoch has an order of its own, as in batches that do not cross.
    const orders = [0, 1, 2].flatMap((epoch) => [
      ...generator(deriveSeed(seed, 'order', 3, epoch)).permutation(5),
    ]);
    expect([...bind('indices', 5, { ...view, shuffle: true }).data]).toEqual([...orders, 0]);
  });

  test('begins a walk of so many steps as it begins one of more epochs', () => {
    const whole = bind('indices', 7, { shuffle: true, epochs: 3 }).data as Int32Array;
    const cut = bind('indices', 7, { shuffle: true, epochs: null, steps: 10 }).data;
    // 4 batches of 2 an epoch: 10 steps are two epochs and a half. Row 11 of the whole is the padded one.
    expect(cut).toEqual(whole.subarray(0, 20));
  });

  test('takes epochs, steps and take from scalars of the argument', () => {
    const indices = (view: Partial<SequenceView>, ...counts: readonly number[]): Int32Array => {
      const feed: Feed = { kind: 'indices', name: 'i', leaf: 0, reduce: 3, view: { ...plain, ...view } };
      const scalars = counts.map((count) => tensor('int32', [], Int32Array.of(count)));
      return bindFeeds([feed], [column(3), ...scalars], seed)[0]?.data as Int32Array;
    };
    expect(indices({ epochs: { leaf: 1 } }, 2)).toEqual(Int32Array.of(0, 1, 2, 0, 0, 1, 2, 0));
    expect(indices({ epochs: { leaf: 1 }, take: { leaf: 2 } }, 3, 1)).toEqual(
      Int32Array.of(0, 0, 0, 0, 0, 0),
    );
    expect(indices({ epochs: null, steps: { leaf: 1 } }, 3)).toEqual(Int32Array.of(0, 1, 2, 0, 0, 1));
    for (const view of [
      { epochs: { leaf: 1 } },
      { epochs: null, steps: { leaf: 1 } },
      { take: { leaf: 1 } },
    ]) {
      expect(indices(view, 0)).toEqual(new Int32Array());
    }
  });

  test('refuses numbers of the argument that are negative, too large, or no int32 scalars', () => {
    const bound = (view: Partial<SequenceView>, count: Tensor) => () =>
      bindFeeds(
        [{ kind: 'mask', name: 'm', leaf: 0, reduce: 0, view: { ...plain, ...view } }],
        [column(3), count],
        seed,
      );
    const scalar = (value: number): Tensor => tensor('int32', [], Int32Array.of(value));
    const [epochs, steps] = [{ epochs: { leaf: 1 } }, { epochs: null, steps: { leaf: 1 } }];
    expect(bound(epochs, scalar(-1))).toThrow('epochs must be 0 or more, got -1');
    expect(bound(steps, scalar(-7))).toThrow('steps must be 0 or more, got -7');
    expect(bound({ take: { leaf: 1 } }, scalar(-2))).toThrow('take must be 0 or more, got -2');
    // Two steps an epoch: 2 (2³¹ − 1) = 4294967294.
    expect(bound(epochs, scalar(2 ** 31 - 1))).toThrow('4294967294 steps of 2 examples are too many');
    expect(bound(steps, scalar(2 ** 27 + 1))).toThrow('need at most 268435456');
    expect(bound(epochs, column(1))).toThrow('leaf 1 gives its epochs and must be int32, got float32[1,3]');
    expect(bound({ epochs: { leaf: 2 } }, scalar(1))).toThrow('got nothing');
  });

  test('refuses to draw more numbers than one value may have', () => {
    const feed: Feed = {
      kind: 'random',
      name: 'r',
      distribution: { kind: 'uniform', low: 0, high: 1 },
      shape: [2 ** 20],
      reduce: 0,
      draw: 0,
      leaf: 0,
      view: { ...plain, epochs: 200 },
    };
    // 400 steps of 2²⁰ numbers; 256 are allowed.
    expect(() => bindFeeds([feed], [column(3)], seed)).toThrow('need at most 268435456 numbers');
  });

  test('gives no steps when the dataset is empty', () => {
    expect(bind('indices', 0, { epochs: 5 }).shape).toEqual([0, 2]);
    expect(bind('mask', 0, {}).shape).toEqual([0, 2]);
  });

  test('draws one stream for all steps of a reduction, and another for each draw', () => {
    const distribution = { kind: 'uniform', low: 0, high: 1 } as const;
    const random = { kind: 'random', name: 'r', distribution, shape: [4] } as const;
    const feeds: Feed[] = [
      { ...random, reduce: null, draw: 0 },
      { ...random, reduce: null, draw: 1 },
      { ...random, reduce: 2, draw: 1, leaf: 0, view: plain },
    ];
    const [first, second, stepped] = bindFeeds(feeds, [column(3)], seed);
    expect(first).toEqual(draw(distribution, [4], deriveSeed(seed, 'random', 0)));
    expect(second).toEqual(draw(distribution, [4], deriveSeed(seed, 'random', 1)));
    expect(stepped).toEqual(draw(distribution, [2, 4], deriveSeed(seed, 'random', 1, 2)));
  });

  test('throws a RangeError that names the leaf when it is missing or no column', () => {
    const feed: Feed = { kind: 'mask', name: 'm', leaf: 0, reduce: 0, view: plain };
    expect(() => bindFeeds([feed], [], seed)).toThrow('it needs a leaf 0, got 0 leaves');
    const scalar = tensor('float32', [], Float32Array.of(1));
    expect(() => bindFeeds([feed], [scalar], seed)).toThrow(
      "leaf 0 must be a dataset's column, got a scalar",
    );
  });
});
