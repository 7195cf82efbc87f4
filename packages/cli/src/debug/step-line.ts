// A step of a client's work on one line, printed as it has been run, between what the user's code prints.
import type { StepRow } from '@starling/runtime/replay';
import { countOf, formatNumber } from '../output/numbers.js';

/** `client work  step  3/60  10 rows  loss 0.2312  accuracy 0.9  weights moved by 0.0123`. */
export function formatStep({ computation, step, steps, rows, numbers, moved }: StepRow): string {
  const parts = [
    computation,
    `step ${String(step).padStart(String(steps).length)}/${steps}`,
    countOf(rows, 'row'),
    ...numbers.map(([name, value]) => `${name === '' ? 'value' : name} ${formatNumber(value)}`),
    ...moved.map(([name, value]) => `${name === '' ? 'value' : name} moved by ${formatNumber(value)}`),
  ];
  return parts.join('  ');
}
