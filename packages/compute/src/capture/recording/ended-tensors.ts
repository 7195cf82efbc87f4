// Tensors of a body that has ended: it kept them in a variable outside. tf.js would say that a tensor is disposed, or
// read a property of undefined.
import { engine, Tensor } from '../../tensorflow/tf.js';
import { CaptureError } from './capture-error.js';

/** By their data: an object of its own for each. */
const captured = new WeakSet<object>();

/** Remembers that data is a value of a graph that is being captured. */
export function markCaptured(dataId: object): void {
  captured.add(dataId);
}

/** What tf.js keeps to itself: a look at a tensor begins with this, a kernel's look at foreign data with the next. */
interface Looking {
  throwIfDisposed(this: { readonly isDisposed: boolean; readonly dataId: object }): void;
}
interface Moving {
  moveData(backend: unknown, dataId: object): void;
}

let refused = false;

/** Lets such tensors be refused in words wherever tf.js meets them; does so once. */
export function refuseEndedTensors(): void {
  if (refused) return;
  refused = true;
  const looking = Tensor.prototype as unknown as Looking;
  const look = looking.throwIfDisposed;
  looking.throwIfDisposed = function () {
    if (this.isDisposed && captured.has(this.dataId)) throw endedTensor();
    look.call(this);
  };
  const moving = engine() as unknown as Moving;
  const move = moving.moveData;
  moving.moveData = function (backend, dataId) {
    if (captured.has(dataId) && !engine().state.tensorInfo.has(dataId)) throw endedTensor();
    move.call(this, backend, dataId);
  };
}

function endedTensor(): CaptureError {
  return new CaptureError(
    'captured-elsewhere',
    'Cannot use this tensor: it belongs to the body of a local computation, which ran once, on shapes alone, and has ended. Return it from that body, and run the computation to have its numbers',
  );
}
