// A recurrence in a body that is run eagerly: step by step on tf.js's tape, so that gradients pass through it as
// through any tf.js code.
import * as tf from '../../tensorflow/tf.js';
import type { EagerCall } from '../eager/eager-call.js';
import { type RecurrenceDraws, stepDraws } from '../eager/eager-draws.js';
import type { ScanWalk } from './recorded-scan.js';
import type { ScanInputs, ScanStep } from './scan-trace.js';

/** The last state, then the stacked results, as `runScan` gives them. */
export function scanEagerly(
  call: EagerCall,
  step: ScanStep,
  inputs: ScanInputs,
  { steps, reverse }: ScanWalk,
): tf.Tensor[] {
  const slices = inputs.sequences.map((sequence) => tf.unstack(sequence));
  const draws: RecurrenceDraws = { outer: call.draws, steps, all: [] };
  const results: (readonly tf.Tensor[])[] = [];
  let state = inputs.initial;
  for (let walked = 0; walked < steps; walked++) {
    const at = reverse ? steps - 1 - walked : walked;
    const element = slices.map((each) => each[at] as tf.Tensor);
    const before = state;
    const made = call.step({ loop: 'scan', step: walked + 1, steps }, stepDraws(draws, at), () =>
      step(before, element),
    );
    state = made.state;
    results[at] = made.results;
  }
  const stacked = (results[0] ?? []).map((_, index) =>
    tf.stack(results.map((each) => each[index] as tf.Tensor)),
  );
  return [...state, ...stacked];
}
