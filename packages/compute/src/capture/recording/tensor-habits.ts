// What a user does with a tensor as with an array, and a tensor of a body is not: its elements have no numbers yet, and
// `x.length` or `x[0]` would be undefined, which goes on until something else fails, or nothing does.
import { Tensor } from '../../tensorflow/tf.js';
import { CaptureError } from './capture-error.js';
import { isCaptured } from './ended-tensors.js';

const WHOLE = 'an operation on the whole tensor, such as tf.mul, tf.sum or tf.where';
const ELEMENT = 'tf.gather(x, index) or tf.slice(x, begin, size), or tf.unstack(x) for all of them';
const NUMBERS = 'the tensor itself: its numbers are not there yet';

/** What stands for a property, by its name as the user writes it. */
const INSTEAD: Readonly<Record<string, string>> = {
  length: 'x.size, the number of its elements, or x.shape[0], that of its first axis',
  map: WHOLE,
  forEach: WHOLE,
  filter: WHOLE,
  reduce: WHOLE,
  at: ELEMENT,
  item: NUMBERS,
  numpy: NUMBERS,
  tolist: NUMBERS,
};
/** Elements that are read by number: a loop over more of them begins with one of these, or with the length. */
const NUMBERED = 10;

let refused = false;

/** Lets tensors of bodies refuse what arrays have, in words; does so once. Other tensors stay as tf.js has them. */
export function refuseTensorHabits(): void {
  if (refused) return;
  refused = true;
  for (const [name, instead] of Object.entries(INSTEAD)) refuse(name, `.${name}`, instead);
  for (let index = 0; index < NUMBERED; index++) refuse(index, `[${index}]`, ELEMENT);
  refuse(
    Symbol.iterator,
    'a loop over it, or a list made of it',
    'tf.unstack(x), which gives an array of tensors',
  );
}

function refuse(name: PropertyKey, written: string, instead: string): void {
  if (name in Tensor.prototype) return;
  Object.defineProperty(Tensor.prototype, name, {
    configurable: true,
    get(this: Tensor) {
      if (!isCaptured(this)) return undefined;
      throw new CaptureError(
        'value-read',
        `Cannot take a tensor for an array while capturing: need ${instead}, got ${written}`,
      );
    },
    // A field of this name that someone sets is the tensor's own.
    set(this: Tensor, value: unknown) {
      Object.defineProperty(this, name, { configurable: true, enumerable: true, writable: true, value });
    },
  });
}
