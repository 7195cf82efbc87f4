// What arrays and the datasets of tf.data have, and a symbolic dataset has not: a user who calls one of these methods,
// or loops over the elements, is told what stands for it.
import { refuseMethods } from '@starling/federated-core/plan';
import { CaptureError } from '../recording/capture-error.js';
import { SymbolicDataset } from './symbolic-dataset.js';

const REDUCE = 'sequenceReduce(dataset, initial, (state, element) => …)';

/** By the name that the user writes. */
const INSTEAD: Readonly<Record<string, string>> = {
  map: REDUCE,
  mapAsync: REDUCE,
  filter: REDUCE,
  forEach: REDUCE,
  forEachAsync: REDUCE,
  reduce: REDUCE,
  toArray: REDUCE,
  iterator: REDUCE,
  at: REDUCE,
  skip: 'take(count), of the first elements',
  prefetch: 'nothing, as elements are at hand',
  cache: 'nothing, as elements are at hand',
};

const refuse = (written: string, instead: string): CaptureError =>
  new CaptureError(
    'bad-result',
    `Cannot use ${written} of a dataset while capturing: its elements are not there yet, need ${instead}, got ${written}`,
  );

/** Lets symbolic datasets refuse what they lack, in words. */
export function refuseArrayHabits(): void {
  const { prototype } = SymbolicDataset;
  refuseMethods(prototype, INSTEAD, (method, instead) => refuse(`${method}()`, instead));
  Object.defineProperty(prototype, 'length', {
    get: () => {
      throw refuse('length', 'sequenceLength(dataset)');
    },
  });
  for (const symbol of [Symbol.iterator, Symbol.asyncIterator]) {
    Object.defineProperty(prototype, symbol, {
      value: () => {
        throw refuse('a loop over the elements', REDUCE);
      },
    });
  }
}
