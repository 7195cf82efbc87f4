// What a thread does with chunks of the rows of a cohort, which lie in shared memory.
import { distancesOf, type FloatArray, middlesOf } from '@starling/federated-core/plan';

/** Of the coordinates from `from` to before `to`. */
export type RowTask = {
  readonly rows: readonly FloatArray[];
  readonly from: number;
  readonly to: number;
} & (
  | { readonly kind: 'distances' }
  | { readonly kind: 'middles'; readonly trim: number; readonly target: FloatArray }
);

/** What a thread answers: the numbers that it found, none if it has written them to shared memory. */
export type RowReply = { readonly part: Float64Array<ArrayBuffer> } | { readonly failure: string };

export function runRowTask(task: RowTask): Float64Array<ArrayBuffer> {
  const { rows, from, to } = task;
  if (task.kind === 'distances') return distancesOf(rows, from, to);
  middlesOf(rows, task.trim, task.target, from, to);
  return new Float64Array(0);
}
