// Parameters of a body: graph inputs for the leaves of a type, as tf.js tensors and symbolic datasets.
import type { StructType, TensorType, Type } from '@starling/federated-core';
import { leafTypes, type StructElements } from '@starling/federated-core/plan';
import type { GraphDType, ValueSpec } from '../../graph/kernel-graph.js';
import type * as tf from '../../tensorflow/tf.js';
import { CaptureError } from '../recording/capture-error.js';
import type { CapturedValue, Recording } from '../recording/recording.js';
import { fromType, tensorOf } from '../recording/structure.js';
import { refuseArrayHabits } from './array-habits.js';
import { SymbolicDataset } from './symbolic-dataset.js';

refuseArrayHabits();

/** What a value of type `T` is inside a body; unknown where only `Type` is known of it. */
export type Captured<T> = Type extends T
  ? unknown
  : T extends TensorType
    ? tf.Tensor
    : T extends StructType<infer E extends StructElements>
      ? { readonly [K in keyof E]: Captured<E[K]> }
      : T extends { readonly kind: 'sequence'; readonly element: infer E extends Type }
        ? SymbolicDataset<Captured<E>>
        : unknown;

const CAPTURABLE: ReadonlySet<string> = new Set(['float32', 'int32', 'bool', 'uint8', 'string']);

/** The spec of a tensor leaf; throws if tf.js could not compute on it. */
export function specOf(type: TensorType, path: string, prefix: readonly number[] = []): ValueSpec {
  if (!CAPTURABLE.has(type.dtype)) {
    throw new CaptureError(
      'unsupported-type',
      `Cannot capture ${path}: element type must be float32, int32, bool, uint8 or string, got ${type.dtype}`,
    );
  }
  const shape = type.shape.map((size) => {
    if (size !== null) return size;
    throw new CaptureError(
      'unsupported-type',
      `Cannot capture ${path}: shapes must be known, got [${type.shape.join(', ').replaceAll(/null|^$/g, '?')}]. Take data of unknown length as a sequence`,
    );
  });
  return { dtype: type.dtype as GraphDType, shape: [...prefix, ...shape] };
}

/** tf.js has no uint8: a uint8 leaf reads as int32. */
function widened(recording: Recording, value: CapturedValue): CapturedValue {
  if (value.spec.dtype !== 'uint8') return value;
  return recording.kernel('Cast', { x: value }, { dtype: 'int32' })[0] as CapturedValue;
}

/** Inputs of `recording` for a parameter of `type`, as the body sees them. */
export function makeParameter(recording: Recording, type: Type, name: string): unknown {
  return fromType(
    type,
    name,
    (leaf, path) => tensorOf(widened(recording, recording.input(specOf(leaf, path)))),
    (element, path) => {
      const columns = elementLeaves(element, path).map((leaf) => recording.input(specOf(leaf, path, [-1])));
      return new SymbolicDataset(element, columns);
    },
  );
}

/** The tensor leaves of a dataset's element; throws if it holds a dataset itself. */
function elementLeaves(element: Type, path: string): readonly TensorType[] {
  fromType(
    element,
    path,
    () => undefined,
    () => {
      throw new CaptureError(
        'unsupported-type',
        `Cannot capture ${path}: a sequence of sequences is not supported`,
      );
    },
  );
  return leafTypes(element);
}

/** Inputs of `recording` for one element (or one batch) of a dataset, as the body sees it. */
export function makeElement(recording: Recording, element: Type, batchSize: number | null): unknown {
  const prefix = batchSize === null ? [] : [batchSize];
  const inputs = leafTypes(element).map((leaf) => recording.input(specOf(leaf, 'element', prefix)));
  const widenedInputs = inputs.map((input) => widened(recording, input));
  return fromType(
    element,
    'element',
    () => tensorOf(widenedInputs.shift() as CapturedValue),
    () => undefined,
  );
}
