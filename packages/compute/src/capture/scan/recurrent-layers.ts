// Recurrent layers of tf.js (SimpleRNN, LSTM, GRU, ConvLSTM, Bidirectional) walk their steps in JavaScript: two layers
// of 80 steps would be ten thousand nodes. In a body, their walk is a `scan` instead; elsewhere they are as tf.js made
// them.
import { RNN } from '#tfjs-layers';
import * as tf from '../../tensorflow/tf.js';
import { eagerCall } from '../eager/eager-call.js';
import { captureBackend } from '../recording/capture-backend.js';
import { CaptureError } from '../recording/capture-error.js';
import { scan } from './scan.js';

interface Cell {
  call(inputs: tf.Tensor[], kwargs: { readonly training: boolean | null }): tf.Tensor[];
  /** Drawn at the first call, and kept. */
  dropoutMask?: unknown;
  recurrentDropoutMask?: unknown;
  /** Of stacked cells. */
  readonly cells?: readonly Cell[];
}

/** What this file needs of tf.js's layer, whose fields are not all public. */
interface RecurrentLayer {
  readonly name: string;
  readonly stateful: boolean;
  readonly goBackwards: boolean;
  readonly returnSequences: boolean;
  readonly returnState: boolean;
  readonly cell: Cell;
  getInitialState(inputs: tf.Tensor): tf.Tensor[];
}

interface CallArguments {
  readonly mask?: tf.Tensor | null;
  readonly training?: boolean | null;
  readonly initialState?: tf.Tensor[] | null;
}

type Call = (
  this: RecurrentLayer,
  inputs: tf.Tensor | tf.Tensor[],
  kwargs?: CallArguments | null,
) => tf.Tensor | tf.Tensor[];

let installed = false;

/** Lets recurrent layers be captured as scans; does so once. */
export function captureRecurrentLayers(): void {
  if (installed) return;
  installed = true;
  const prototype = RNN.prototype as unknown as { call: Call };
  const original = prototype.call;
  prototype.call = function (inputs, kwargs) {
    return captureBackend.capturing || eagerCall() !== null
      ? tf.tidy(() => scanned(this, inputs, kwargs ?? {}))
      : original.call(this, inputs, kwargs);
  };
}

/** As `RNN.call` of tf.js, for inputs of [batch, time, …]. */
function scanned(
  layer: RecurrentLayer,
  inputs: tf.Tensor | tf.Tensor[],
  { mask, training, initialState }: CallArguments,
): tf.Tensor | tf.Tensor[] {
  const input = (Array.isArray(inputs) ? inputs[0] : inputs) as tf.Tensor;
  if (layer.stateful) {
    throw new CaptureError(
      'hidden-state',
      `Cannot capture the layer '${layer.name}': it is stateful, and would keep tensors of the capture. Make it with stateful: false and pass its state as a parameter`,
    );
  }
  const state = initialState ?? layer.getInitialState(input);
  const kwargs = { training: training ?? null };
  const elements = { input: timeMajor(input), mask: mask ? [timeMajor(maskOf(mask, input.rank))] : [] };
  // The cell draws its dropout masks at its first call and keeps them for all steps: a call outside of the
  // scan draws them where numbers can be drawn. What else it computes nothing reads. tf.js lets the masks of an earlier
  // walk go, but not those of cells that are stacked.
  forgetMasks(layer.cell);
  layer.cell.call([firstSlice(elements.input), ...state], kwargs);

  const [last, outputs] = scan(
    elements,
    { state, output: tf.zerosLike(state[0] as tf.Tensor) },
    (carried, element) => {
      const [output, ...next] = layer.cell.call([element.input, ...carried.state], kwargs);
      const stepMask = element.mask[0];
      const before = [carried.state[0] as tf.Tensor, ...carried.state];
      const [kept, ...keptState] = [output as tf.Tensor, ...next].map((after, index) =>
        stepMask ? blend(after, before[index] as tf.Tensor, stepMask) : after,
      );
      const made = layer.returnSequences ? [kept as tf.Tensor] : [];
      return [{ state: keptState, output: kept as tf.Tensor }, made] as const;
    },
    { reverse: layer.goBackwards },
  );
  const sequence = outputs[0];
  const result = sequence ? batchMajor(layer.goBackwards ? tf.reverse(sequence, 0) : sequence) : last.output;
  return layer.returnState ? [result, ...last.state] : result;
}

function forgetMasks(cell: Cell): void {
  if (cell.dropoutMask !== undefined) cell.dropoutMask = null;
  if (cell.recurrentDropoutMask !== undefined) cell.recurrentDropoutMask = null;
  cell.cells?.forEach(forgetMasks);
}

/** `after` where the mask is 1, `before` where it is 0. */
function blend(after: tf.Tensor, before: tf.Tensor, mask: tf.Tensor): tf.Tensor {
  return tf.add(tf.mul(after, mask), tf.mul(before, tf.sub(tf.onesLike(mask), mask)));
}

function maskOf(mask: tf.Tensor, rank: number): tf.Tensor {
  const numbers = tf.cast(tf.cast(mask, 'bool'), 'float32');
  return numbers.rank === rank - 1 ? tf.expandDims(numbers, -1) : numbers;
}

function timeMajor(x: tf.Tensor): tf.Tensor {
  return tf.transpose(x, [1, 0, ...x.shape.slice(2).map((_, index) => index + 2)]);
}

const batchMajor = timeMajor;

function firstSlice(x: tf.Tensor): tf.Tensor {
  return tf.squeeze(tf.slice(x, 0, 1), [0]);
}
