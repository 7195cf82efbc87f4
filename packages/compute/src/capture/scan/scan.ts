// `scan`: a recurrence over the first axis of tensors, captured as one node however many steps it takes, with a
// gradient that is one such node too (scan-gradient.ts).
import { checkOptions, describeValue, ignoreRejections, kinds } from '@starling/federated-core/plan';
import type * as tf from '../../tensorflow/tf.js';
import { eagerCall } from '../eager/eager-call.js';
import { captureBackend } from '../recording/capture-backend.js';
import { CaptureError } from '../recording/capture-error.js';
import {
  checkForm,
  rebuildStructure,
  structureTensors,
  type TensorStructure,
  type Tensors,
} from '../recording/structure.js';
import { scanEagerly } from './eager-scan.js';
import { runScan } from './scan-kernel.js';
import { type ScanStep, traceScan } from './scan-trace.js';

export interface ScanOptions {
  /** Walks from the last element to the first; default false. Results stand at the index of their element. */
  readonly reverse?: boolean;
}

/**
 * `[state, result] = body(state, element)` for each element along the first axis of `sequences` (tensors that share its
 * size, at least 1). Gives the last state, and the results stacked along a new first axis. The state keeps its form,
 * element types and shapes; each step draws its own random numbers. Works inside the body of a local computation only;
 * gradients pass through it.
 */
export function scan<X extends TensorStructure, S extends TensorStructure, Y extends TensorStructure>(
  sequences: X,
  initial: S,
  body: (state: Tensors<S>, element: Tensors<X>) => readonly [TensorStructure, Y],
  options: ScanOptions = {},
): readonly [Tensors<S>, Tensors<Y>] {
  kinds.callable('Cannot scan', 'the body of a step', body);
  checkOptions('Cannot scan', options, { reverse: kinds.flag });
  const sequenceTensors = structureTensors(sequences, 'the sequences');
  const initialTensors = structureTensors(initial, 'the initial state');
  const steps = commonLength(sequenceTensors);
  let result: TensorStructure = [];
  const step: ScanStep = (state, element) => {
    // `never`: TypeScript cannot compare Tensors<S> with anything but itself in finite depth.
    const returned = ignoreRejections(
      body(rebuildStructure(initial, state) as never, rebuildStructure(sequences, element) as never),
    );
    if (!Array.isArray(returned)) {
      throw new CaptureError(
        'bad-result',
        `Cannot scan: the body must return the new state and a result, in an array, got ${describeValue(returned)}`,
      );
    }
    const [next, made] = returned as readonly [TensorStructure, TensorStructure];
    checkForm('Cannot scan', initial, next);
    result = structureShell(made);
    return {
      state: structureTensors(next, 'the new state'),
      results: structureTensors(made, 'the result of a step'),
    };
  };

  const inputs = { initial: initialTensors, sequences: sequenceTensors };
  const walk = { steps, reverse: options.reverse ?? false };
  const call = eagerCall();
  const outputs =
    call === null
      ? runScan(traceScan(captureBackend.recording, inputs, steps, step), inputs, walk)
      : scanEagerly(call, step, inputs, walk);
  const carried = initialTensors.length;
  return [
    rebuildStructure(initial, outputs.slice(0, carried)) as Tensors<S>,
    rebuildStructure(result, outputs.slice(carried)) as Tensors<Y>,
  ];
}

/** The structure without its tensors, which a trace disposes. */
function structureShell(structure: TensorStructure): TensorStructure {
  const leaves = structureTensors(structure, 'the result of a step').length;
  return rebuildStructure(structure, new Array(leaves).fill(0)) as TensorStructure;
}

function commonLength(sequences: readonly tf.Tensor[]): number {
  const lengths = new Set(sequences.map(({ shape }) => shape[0] ?? 0));
  const [steps = 0] = lengths;
  if (lengths.size !== 1 || steps < 1) {
    throw new CaptureError(
      'bad-result',
      `Cannot scan: sequences must share a first axis of size 1 or more, got shapes ${sequences.map(({ shape }) => `[${shape}]`).join(', ')}`,
    );
  }
  return steps;
}
