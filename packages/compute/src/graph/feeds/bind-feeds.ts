// Makes the inputs of a lowered graph for one call: the leaves of the argument as they are, and from the
// lengths of its datasets and the seed the batch indices, masks and random numbers. A pure function, exactly specified,
// so that every engine sees the same numbers and a client in another language can make them too:
//
//   epochs, steps and take are numbers of the view, or int32 scalars of the argument
//   m = min(length, take); an epoch uses the dataset's first m elements, in the order 0 … m − 1 or, shuffled, in
//   that of generator(deriveSeed(seed, 'order', reduce, epoch)).permutation(m)
//   batches do not cross epochs, unless acrossEpochs, when these are walked as one; a short last batch is left out
//   (dropRemainder), or padded with index 0 and mask 0
//   where steps are given, epochs follow one another until there are so many; none if an epoch has no batch
//   random numbers: draw(…) from deriveSeed(seed, 'random', draw), or within a reduction one stream for all its
//   steps from deriveSeed(seed, 'random', draw, reduce)
import { deriveSeed, type Seed, type Tensor, tensor } from '@starling/federated-core';
import { sizeOf } from '@starling/federated-core/plan';
import type { SequenceView } from '../kernel-graph.js';
import { MAX_ELEMENTS } from '../max-elements.js';
import { type DatasetWalk, walkOf } from './dataset-walk.js';
import { draw } from './draw.js';
import type { Feed } from './feeds.js';
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
        return batchIndices(feed.view, walkAt(feed.view, feed.leaf, argument), seed, feed.reduce);
      case 'mask':
        return batchMask(walkAt(feed.view, feed.leaf, argument));
      case 'random': {
        if (feed.reduce === null) {
          return draw(feed.distribution, feed.shape, deriveSeed(seed, 'random', feed.draw));
        }
        if (feed.view === undefined || feed.leaf === undefined) {
          throw new TypeError(`Cannot draw '${feed.name}': within a reduction it needs its dataset and view`);
        }
        const { steps } = walkAt(feed.view, feed.leaf, argument);
        const shape = [steps, ...feed.shape];
        if (sizeOf(shape) > MAX_ELEMENTS) {
          throw new RangeError(
            `Cannot draw '${feed.name}': need at most ${MAX_ELEMENTS} numbers, got shape [${shape.join(', ')}]`,
          );
        }
        return draw(feed.distribution, shape, deriveSeed(seed, 'random', feed.draw, feed.reduce));
      }
      default:
        return feed satisfies never;
    }
  });
}

/** int32 [steps, batchSize], or [steps] where elements are walked one by one. */
function batchIndices(view: SequenceView, walk: DatasetWalk, seed: Seed, reduce: number): Tensor<'int32'> {
  const { elements, steps, width } = walk;
  const indices = new Int32Array(steps * width);
  for (const { epoch, start, used } of epochsOf(walk)) {
    if (view.shuffle) {
      const order = permutation(deriveSeed(seed, 'order', reduce, epoch), elements);
      indices.set(order.subarray(0, used), start);
    } else {
      for (let index = 0; index < used; index++) indices[start + index] = index;
    }
  }
  return tensor('int32', view.batchSize === null ? [steps] : [steps, view.batchSize], indices);
}

/** float32 [steps, batchSize]: 1 for an element, 0 for padding at the end of an epoch. */
function batchMask(walk: DatasetWalk): Tensor<'float32'> {
  const { steps, width } = walk;
  const mask = new Float32Array(steps * width);
  for (const { start, used } of epochsOf(walk)) mask.fill(1, start, start + used);
  return tensor('float32', [steps, width], mask);
}

/** Where each epoch starts among the indices, and how many of them are elements. */
function* epochsOf({
  elements,
  placesPerEpoch,
  places,
}: DatasetWalk): Generator<{ readonly epoch: number; readonly start: number; readonly used: number }> {
  for (let epoch = 0; epoch * placesPerEpoch < places; epoch++) {
    const start = epoch * placesPerEpoch;
    yield { epoch, start, used: Math.min(elements, placesPerEpoch, places - start) };
  }
}

function leafAt(argument: readonly Tensor[], leaf: number): Tensor {
  const value = argument[leaf];
  if (value) return value;
  throw new RangeError(`Cannot bind the argument: it needs a leaf ${leaf}, got ${argument.length} leaves`);
}

/** The walk over the dataset of which `leaf` is a column. */
function walkAt(view: SequenceView, leaf: number, argument: readonly Tensor[]): DatasetWalk {
  const [length] = leafAt(argument, leaf).shape;
  if (length !== undefined) return walkOf(view, length, argument);
  throw new RangeError(`Cannot bind the argument: leaf ${leaf} must be a dataset's column, got a scalar`);
}
