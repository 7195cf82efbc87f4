// Rates that stay the same from one boundary to the next.
import { tf } from '@starling/compute';
import { checkOptions, count, kinds, optionError, required } from '@starling/federated-core/plan';
import { nonNegative } from '../options/option-ranges.js';
import { type Schedule, scheduleOf } from './schedule.js';

export interface PiecewiseRateOptions {
  /** One more than there are boundaries, each at least 0. */
  readonly rates: readonly number[];
  /** The steps at which the next rate begins: whole numbers of at least 1, rising. */
  readonly boundarySteps: readonly number[];
}

/** `piecewiseRate({ rates: [0.1, 0.01], boundarySteps: [50] })` is 0.1 for steps 0 to 49, then 0.01. */
export function piecewiseRate(options: PiecewiseRateOptions): Schedule {
  checkOptions(ACTION, options, {
    rates: required(kinds.list),
    boundarySteps: required(kinds.list),
  });
  const { rates, boundarySteps } = options;
  for (const rate of rates) nonNegative(ACTION, 'rates', rate);
  for (const boundary of boundarySteps) count(ACTION, 'boundarySteps', boundary);
  const rising = boundarySteps.every((boundary, index) => boundary > (boundarySteps[index - 1] ?? 0));
  if (rates.length !== boundarySteps.length + 1 || !rising) {
    throw optionError(
      `${ACTION}: need rising boundaries and one rate more than those, got ${rates.length} rates and boundaries [${boundarySteps.join(', ')}]`,
    );
  }
  return scheduleOf('piecewiseRate', (step) =>
    boundarySteps.reduceRight<tf.Tensor>(
      (later, boundary, index) =>
        tf.where(tf.less(step, tf.scalar(boundary, 'int32')), tf.scalar(rates[index] as number), later),
      tf.scalar(rates.at(-1) as number),
    ),
  );
}

const ACTION = 'Cannot make piecewiseRate';
