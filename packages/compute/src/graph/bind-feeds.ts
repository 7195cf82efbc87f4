// Makes the inputs of a lowered graph for one call: the leaves of the argument as they are, and from the
// lengths of its datasets and the seed the batch indices, masks and random numbers. A pure function, exactly specified,
// so that every engine sees the same numbers and a client in another language can make them too:
//
//   m = min(length, take); an epoch uses the dataset's first m elements, in the order 0 … m − 1 or, shuffled, in
//   that of generator(deriveSeed(seed, 'order', reduce, epoch)).permutation(m)
//   batches do not cross epochs; a short last batch is left out (dropRemainder), or padded with index 0 and mask 0
//   random numbers: draw(…) from deriveSeed(seed, 'random', draw), or within a reduction one stream for all its
//   steps from deriveSeed(seed, 'random', draw, reduce)
import { deriveSeed, type Seed, type Tensor, tensor } from '@starling/federated-core';
import { draw } from './draw.js';
import type { Feed } from './feeds.js';
import type { SequenceView } from './kernel-graph.js';
import { permutation } from './permutation.js';

/** One tensor a feed, in order. `argument` is the leaves of the call's argument; columns have their length first. */
export function bindFeeds(
  feeds: readonly Feed[],
  argument: readonly Tensor[],
  seed: Seed,
): readonly Tensor[] {
  return feeds.map((feed) => {
    switch (feed.kind) {
      case 'argument':
        return leafAt(argument, feed.leaf);
      case 'indices':
        return batchIndices(feed.view, lengthOf(argument, feed.leaf), seed, feed.reduce);
      case 'mask':
        return batchMask(feed.view, lengthOf(argument, feed.leaf));
      case 'random': {
        if (feed.reduce === null) {
          return draw(feed.distribution, feed.shape, deriveSeed(seed, 'random', feed.draw));
        }
        if (feed.view === undefined || feed.leaf === undefined) {
          throw new TypeError(`Cannot draw '${feed.name}': within a reduction it needs its dataset and view`);
        }
        const steps = stepsOf(feed.view, lengthOf(argument, feed.leaf));
        const stream = deriveSeed(seed, 'random', feed.draw, feed.reduce);
        return draw(feed.distribution, [steps, ...feed.shape], stream);
      }
      default:
        return feed satisfies never;
    }
  });
}

/** How many steps a reduction takes over a dataset of `length` elements. */
export function stepsOf(view: SequenceView, length: number): number {
  return view.epochs * stepsPerEpoch(view, elementsPerEpoch(view, length));
}

const elementsPerEpoch = (view: SequenceView, length: number): number =>
  Math.min(length, view.take ?? length);

function stepsPerEpoch(view: SequenceView, elements: number): number {
  if (view.batchSize === null) return elements;
  return view.dropRemainder ? Math.floor(elements / view.batchSize) : Math.ceil(elements / view.batchSize);
}

/** int32 [steps, batchSize], or [steps] where elements are walked one by one. */
function batchIndices(view: SequenceView, length: number, seed: Seed, reduce: number): Tensor<'int32'> {
  const elements = elementsPerEpoch(view, length);
  const perEpoch = stepsPerEpoch(view, elements);
  const width = view.batchSize ?? 1;
  const used = Math.min(elements, perEpoch * width);
  const indices = new Int32Array(view.epochs * perEpoch * width);
  for (let epoch = 0; epoch < view.epochs; epoch++) {
    const start = epoch * perEpoch * width;
    if (view.shuffle) {
      const order = permutation(deriveSeed(seed, 'order', reduce, epoch), elements);
      indices.set(order.subarray(0, used), start);
    } else {
      for (let index = 0; index < used; index++) indices[start + index] = index;
    }
  }
  const steps = view.epochs * perEpoch;
  return tensor('int32', view.batchSize === null ? [steps] : [steps, view.batchSize], indices);
}

/** float32 [steps, batchSize]: 1 for an element, 0 for padding at the end of an epoch. */
function batchMask(view: SequenceView, length: number): Tensor<'float32'> {
  const elements = elementsPerEpoch(view, length);
  const perEpoch = stepsPerEpoch(view, elements);
  const width = view.batchSize ?? 1;
  const mask = new Float32Array(view.epochs * perEpoch * width);
  for (let epoch = 0; epoch < view.epochs; epoch++) {
    const start = epoch * perEpoch * width;
    mask.fill(1, start, start + Math.min(elements, perEpoch * width));
  }
  return tensor('float32', [view.epochs * perEpoch, width], mask);
}

function leafAt(argument: readonly Tensor[], leaf: number): Tensor {
  const value = argument[leaf];
  if (value) return value;
  throw new RangeError(`Cannot bind the argument: it needs a leaf ${leaf}, got ${argument.length} leaves`);
}

function lengthOf(argument: readonly Tensor[], leaf: number): number {
  const { shape } = leafAt(argument, leaf);
  if (shape[0] === undefined) {
    throw new RangeError(`Cannot bind the argument: leaf ${leaf} must be a dataset's column, got a scalar`);
  }
  return shape[0];
}
