// `sequenceReduce` and `sequenceLength`: what a body can do with a dataset. A reduction's body is captured once, as
// a graph of its own; engines run it once a batch.

import { describeValue, ignoreRejections, kinds } from '@starling/federated-core/plan';
import { scoped } from '../../tensorflow/scopes.js';
import * as tf from '../../tensorflow/tf.js';
import { eagerCall } from '../eager/eager-call.js';
import { captureBackend } from '../recording/capture-backend.js';
import { CaptureError } from '../recording/capture-error.js';
import { withoutHiddenState } from '../recording/hidden-state.js';
import { type CapturedValue, Recording } from '../recording/recording.js';
import {
  checkForm,
  rebuildStructure,
  structureLeaves,
  type TensorStructure,
  type Tensors,
  tensorOf,
} from '../recording/structure.js';
import { eagerLength, reduceEagerly } from './eager-reduce.js';
import { makeElement } from './parameters.js';
import { SymbolicDataset } from './symbolic-dataset.js';

/**
 * Folds a dataset: `state = body(state, element, mask)` for each element, or for each batch of a batched dataset.
 * A batch's leaves have a first axis of the batch size; `mask` (float32 [batch size]) is then 1 for an element and 0
 * for the padding of a short last batch (unbatched: always 1, a scalar). The state keeps its form, element types
 * and shapes; an empty dataset gives `initial`.
 */
export function sequenceReduce<E, S extends TensorStructure>(
  dataset: SymbolicDataset<E>,
  initial: S,
  body: (state: Tensors<S>, element: E, mask: tf.Tensor) => TensorStructure,
): Tensors<S> {
  checkDataset('reduce', dataset);
  kinds.callable('Cannot reduce a dataset', 'the body of a step', body);
  const call = eagerCall();
  if (call !== null) return reduceEagerly(call, dataset, initial, body as never) as Tensors<S>;
  const outer = captureBackend.recording;
  const columns = columnsIn(outer, dataset);
  const initialLeaves = structureLeaves(initial, 'the initial state');
  const recording = new Recording(outer);
  const stateInputs = initialLeaves.map((leaf) => recording.input(leaf.spec));
  const { batchSize } = dataset.view;

  const newLeaves = captureBackend.within(recording, () =>
    scoped(() => {
      const element = makeElement(recording, dataset.element, batchSize) as E;
      const mask =
        batchSize === null
          ? tf.scalar(1)
          : tensorOf(recording.input({ dtype: 'float32', shape: [batchSize] }));
      // `never`: TypeScript cannot compare Tensors<S> with anything but itself in finite depth.
      const state = rebuildStructure(initial, stateInputs.map(tensorOf)) as never;
      const next = withoutHiddenState(recording, () => ignoreRejections(body(state, element, mask)));
      checkForm('Cannot capture sequenceReduce', initial, next);
      return structureLeaves(next, 'the new state');
    }),
  );
  for (const [index, leaf] of newLeaves.entries()) {
    const before = (initialLeaves[index] as (typeof initialLeaves)[number]).spec;
    if (leaf.spec.dtype === before.dtype && tf.util.arraysEqual([...leaf.spec.shape], [...before.shape]))
      continue;
    throw new CaptureError(
      'bad-result',
      `Cannot capture sequenceReduce: the state must keep its types, leaf ${index} was ${before.dtype}[${before.shape}] and became ${leaf.spec.dtype}[${leaf.spec.shape}]`,
    );
  }

  const graph = recording.finish(newLeaves);
  const outputs = initialLeaves.map((leaf) => outer.value(leaf.spec));
  outer.node({
    op: 'reduce',
    columns: columns.map((column) => column.id),
    view: dataset.view,
    initial: initialLeaves.map((leaf) => outer.read(leaf)),
    captures: recording.captures,
    body: graph,
    outputs: outputs.map((output) => output.id),
  });
  return rebuildStructure(initial, outputs.map(tensorOf)) as Tensors<S>;
}

/** The number of elements that one epoch walks (at most `take`), as an int32 scalar. */
export function sequenceLength(dataset: SymbolicDataset): tf.Tensor {
  checkDataset('count', dataset);
  const call = eagerCall();
  if (call !== null) return eagerLength(call, dataset);
  const recording = captureBackend.recording;
  const output = recording.value({ dtype: 'int32', shape: [] });
  recording.node({
    op: 'length',
    columns: dataset.columns.map((column) => recording.read(column as CapturedValue)),
    output: output.id,
  });
  const length = tensorOf(output);
  const { take } = dataset.view;
  if (take === null) return length;
  if (typeof take === 'number') return tf.minimum(length, tf.scalar(take, 'int32'));
  const given = tensorOf(recording.outermost.inputAt(take.leaf));
  return tf.maximum(tf.minimum(length, given), tf.scalar(0, 'int32'));
}

function checkDataset(action: string, dataset: unknown): void {
  if (dataset instanceof SymbolicDataset) return;
  throw new CaptureError(
    'bad-result',
    `Cannot ${action} a dataset: need one that the body was given, as sequence(…) among its parameters makes it, got ${describeValue(dataset)}`,
  );
}

/** The dataset's columns; throws unless they are values of `recording` itself. */
function columnsIn(recording: Recording, { columns }: SymbolicDataset): readonly CapturedValue[] {
  return columns.map((column) => {
    if ('recording' in column && column.recording === recording) return column;
    throw new CaptureError(
      'captured-elsewhere',
      'Cannot reduce a dataset inside the body of another reduction: reduce it outside, and use the result',
    );
  });
}
