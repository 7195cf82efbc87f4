import { deriveSeed, generator, seedFrom, type Tensor, tensor } from '@starling/federated-core';
import { describe, expect, it } from 'vitest';
import { bindFeeds } from './bind-feeds.js';
import { draw } from './draw.js';
import type { Feed } from './feeds.js';
import type { SequenceView } from './kernel-graph.js';

const seed = seedFrom(11);
const plain: SequenceView = { batchSize: 2, shuffle: false, epochs: 1, dropRemainder: false, take: null };
const column = (length: number): Tensor => tensor('float32', [length, 3], new Float32Array(length * 3));

function bind(kind: 'indices' | 'mask', length: number, view: Partial<SequenceView>): Tensor {
  const feed: Feed = { kind, name: kind, leaf: 0, reduce: 3, view: { ...plain, ...view } };
  return bindFeeds([feed], [column(length)], seed)[0] as Tensor;
}

describe('bindFeeds', () => {
  it('passes leaves of the argument through as they are', () => {
    const leaves = [column(1), column(2)];
    const [bound] = bindFeeds([{ kind: 'argument', name: 'x', leaf: 1 }], leaves, seed);
    expect(bound).toBe(leaves[1]);
  });

  it('pads a short last batch with index 0 and mask 0', () => {
    expect(bind('indices', 3, {})).toEqual(tensor('int32', [2, 2], Int32Array.of(0, 1, 2, 0)));
    expect(bind('mask', 3, {})).toEqual(tensor('float32', [2, 2], Float32Array.of(1, 1, 1, 0)));
  });

  it('leaves a short last batch out when told to, and keeps epochs apart', () => {
    expect(bind('indices', 3, { dropRemainder: true, epochs: 2 }).data).toEqual(Int32Array.of(0, 1, 0, 1));
    expect(bind('indices', 3, { epochs: 2 }).data).toEqual(Int32Array.of(0, 1, 2, 0, 0, 1, 2, 0));
    expect(bind('mask', 3, { epochs: 2 }).data).toEqual(Float32Array.of(1, 1, 1, 0, 1, 1, 1, 0));
  });

  it('walks element by element without a batch axis when the batch size is null', () => {
    expect(bind('indices', 3, { batchSize: null })).toEqual(tensor('int32', [3], Int32Array.of(0, 1, 2)));
  });

  it('shuffles the first `take` elements anew for each epoch', () => {
    const { data } = bind('indices', 9, { shuffle: true, epochs: 2, take: 4 });
    const orders = [0, 1].flatMap((epoch) => [
      ...generator(deriveSeed(seed, 'order', 3, epoch)).permutation(4),
    ]);
    expect([...data]).toEqual(orders);
  });

  it('gives no steps when the dataset is empty', () => {
    expect(bind('indices', 0, { epochs: 5 }).shape).toEqual([0, 2]);
    expect(bind('mask', 0, {}).shape).toEqual([0, 2]);
  });

  it('draws one stream for all steps of a reduction, and another for each draw', () => {
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

  it('throws a RangeError that names the leaf when it is missing or no column', () => {
    const feed: Feed = { kind: 'mask', name: 'm', leaf: 0, reduce: 0, view: plain };
    expect(() => bindFeeds([feed], [], seed)).toThrow('it needs a leaf 0, got 0 leaves');
    const scalar = tensor('float32', [], Float32Array.of(1));
    expect(() => bindFeeds([feed], [scalar], seed)).toThrow(
      "leaf 0 must be a dataset's column, got a scalar",
    );
  });
});
