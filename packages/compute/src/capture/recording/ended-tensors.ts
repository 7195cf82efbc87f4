// Tensors of a body that are gone: the body has ended and kept them in a variable outside, or has disposed of them
// itself. tf.js would say that a tensor is disposed, or read a property of undefined.
import { engine, Tensor } from '../../tensorflow/tf.js';
import { CaptureError } from './capture-error.js';

/** The whole that is being captured, nested bodies included: an object of its own for each. */
type Whole = object;

/** By their data, which is an object of its own for each. */
const captured = new WeakMap<object, Whole>();

/** Remembers that data is a value of a graph that is being captured, as a part of `whole`. */
export function markCaptured(dataId: object, whole: Whole): void {
  captured.set(dataId, whole);
}

/** Whether a tensor is a value of a graph, also of one that is captured already. */
export function isCaptured({ dataId }: { readonly dataId: object }): boolean {
  return captured.has(dataId);
}

/** What tf.js keeps to itself: a look at a tensor begins with this, a kernel's look at foreign data with the next. */
interface Looking {
  throwIfDisposed(this: { readonly isDisposed: boolean; readonly dataId: object }): void;
}
interface Moving {
  moveData(backend: unknown, dataId: object): void;
}

let refused = false;

/** Lets such tensors be refused in words wherever tf.js meets them; does so once. `current`: what is captured now. */
export function refuseEndedTensors(current: () => Whole | null): void {
  if (refused) return;
  refused = true;
  const looking = Tensor.prototype as unknown as Looking;
  const look = looking.throwIfDisposed;
  looking.throwIfDisposed = function () {
    if (this.isDisposed && captured.has(this.dataId)) throw goneTensor(this.dataId, current());
    look.call(this);
  };
  const moving = engine() as unknown as Moving;
  const move = moving.moveData;
  moving.moveData = function (backend, dataId) {
    if (captured.has(dataId) && !engine().state.tensorInfo.has(dataId)) throw goneTensor(dataId, current());
    move.call(this, backend, dataId);
  };
}

/** Why a tensor that was captured is there no more, for a user of it while `current` is captured. */
export function goneTensor(dataId: object, current: Whole | null): CaptureError {
  if (current === null) {
    return new CaptureError(
      'captured-elsewhere',
      'Cannot use this tensor: it belongs to the body of a local computation, which ran once, on shapes alone, and has ended. Return it from that body, and run the computation to have its numbers',
    );
  }
  if (captured.get(dataId) === current) {
    return new CaptureError(
      'disposed',
      'Cannot use this tensor: it must be there still, but the body has disposed of it, by dispose, tf.dispose, or the end of a tf.tidy that did not return it. Leave these out: while capturing, tensors have no numbers and take no memory',
    );
  }
  return new CaptureError(
    'captured-elsewhere',
    'Cannot use this tensor: it belongs to a local computation that has been captured. Take it as a parameter instead',
  );
}
