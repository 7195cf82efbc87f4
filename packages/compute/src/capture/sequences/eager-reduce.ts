// What a body that is run eagerly does with a dataset: `sequenceReduce` step by step, on the batches and with the
// random numbers that the engines have for the graph of the body.
import { elementAt, type Tensor } from '@starling/federated-core';
import { leafTypes } from '@starling/federated-core/plan';
import { fromTf, gatherRows, rowAt } from '../../engines/tfjs/tfjs-tensors.js';
import * as tf from '../../tensorflow/tf.js';
import type { EagerCall } from '../eager/eager-call.js';
import { bodyDraws } from '../eager/eager-draws.js';
import {
  fromType,
  rebuildStructure,
  structurePaths,
  structureTensors,
  type TensorStructure,
} from '../recording/structure.js';
import type { SymbolicDataset } from './symbolic-dataset.js';

/** As `sequenceReduce` in a capture. */
export function reduceEagerly(
  call: EagerCall,
  dataset: SymbolicDataset,
  initial: TensorStructure,
  body: (state: unknown, element: unknown, mask: tf.Tensor) => TensorStructure,
): unknown {
  const walk = walkEagerly(call, dataset);
  let state: readonly tf.Tensor[] = tf.tidy(() =>
    structureTensors(initial, 'the initial state').map(tf.clone),
  );
  for (let step = 0; step < walk.steps; step++) {
    const next = walk.step(step, (element, mask) => {
      const made = body(rebuildStructure(initial, state), element, mask);
      return structureTensors(made, 'the new state').map(tf.clone);
    });
    walk.tell(step, structurePaths(initial), state, next);
    tf.dispose([...state]);
    state = next;
  }
  return rebuildStructure(initial, state);
}

/** As `sequenceLength` in a capture. */
export function eagerLength(call: EagerCall, dataset: SymbolicDataset): tf.Tensor {
  const [length = 0] = columnsOf(call, dataset)[0]?.shape ?? [];
  const { take } = dataset.view;
  const given =
    typeof take === 'object' && take !== null ? Number(call.options.argument[take.leaf]?.data[0]) : take;
  return tf.scalar(Math.max(0, Math.min(length, given ?? length)), 'int32');
}

interface EagerWalk {
  readonly steps: number;
  /** Runs a step; what it gives is kept, and all else that it made is freed. */
  step(index: number, run: (element: unknown, mask: tf.Tensor) => readonly tf.Tensor[]): readonly tf.Tensor[];
  /** Reports a step that was run to the observer of the call. */
  tell(
    index: number,
    paths: readonly string[],
    before: readonly tf.Tensor[],
    after: readonly tf.Tensor[],
  ): void;
}

function walkEagerly(call: EagerCall, dataset: SymbolicDataset): EagerWalk {
  const { computation, watch, onStep } = call.options;
  const { view, element } = dataset;
  const { written, reduce, places } = call.nextReduction();
  const columns = columnsOf(call, dataset);
  const walked = { leaf: leafOf(dataset, 0), reduce, view };
  const indices = call.bind({ kind: 'indices', name: 'indices', ...walked });
  const mask = view.batchSize === null ? null : call.bind({ kind: 'mask', name: 'mask', ...walked });
  const width = view.batchSize ?? 1;
  const [steps = 0] = indices.shape;
  const rowsOf = (step: number): Int32Array =>
    (indices.data as Int32Array).subarray(step * width, (step + 1) * width);
  const drawn = new Map<number, Tensor>();
  const drawsOf = (step: number) =>
    bodyDraws(places, call.options.seed, ({ node, draw }, shape) => {
      const { distribution } = node;
      const all =
        drawn.get(draw) ??
        call.bind({ kind: 'random', name: 'random', draw, shape, distribution, ...walked });
      drawn.set(draw, all);
      return elementAt(all, step);
    });
  return {
    steps,
    step: (index, run) =>
      tf.tidy(() => {
        const given = leafTypes(element).map((_, leaf) => {
          const column = columns[leaf] as Tensor;
          const rows = gatherRows(column, rowsOf(index), view.batchSize !== null);
          watch.entered(column, rows, call.place);
          return rows;
        });
        const masks = mask === null ? tf.scalar(1) : rowAt(mask, index);
        const value = fromType(
          element,
          'element',
          () => given.shift(),
          () => undefined,
        );
        return call.step({ loop: 'sequenceReduce', step: index + 1, steps }, drawsOf(index), () => [
          ...run(value, masks),
        ]);
      }),
    tell(index, paths, before, after) {
      const isElement = (_: number, at: number): boolean =>
        mask === null || (mask.data as Float32Array)[index * width + at] === 1;
      onStep?.({
        computation,
        reduction: written,
        step: index + 1,
        steps,
        rows: [...rowsOf(index)].filter(isElement),
        state: paths.map((path, leaf) => ({
          path,
          before: fromTf(before[leaf] as tf.Tensor),
          after: fromTf(after[leaf] as tf.Tensor),
        })),
      });
    },
  };
}

function leafOf({ columns }: SymbolicDataset, index: number): number {
  const column = columns[index];
  if (column !== undefined && 'leaf' in column) return column.leaf;
  throw new TypeError('Cannot walk a dataset eagerly: it belongs to a capture, not to this call');
}

function columnsOf({ options }: EagerCall, dataset: SymbolicDataset): readonly Tensor[] {
  return dataset.columns.map((_, index) => options.argument[leafOf(dataset, index)] as Tensor);
}
