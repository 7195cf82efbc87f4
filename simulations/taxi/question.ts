// What differs between the two data sets that the pipeline runs on: the tables, what becomes features of them, by what
// groups the model is judged, and what it must hold.
import type { tf } from '@starling/compute';
import type { Analyze, GateConstraint } from '@starling/pipeline';
import type { Tables } from '@starling/population';

export interface Question {
  readonly tables: Tables;
  readonly description: string;
  /** `x`: float32 [B, width]; `y`: 1 for what is predicted, else 0. */
  readonly preprocess: (
    columns: Readonly<Record<string, tf.Tensor>>,
    analyze: Analyze,
  ) => { readonly x: tf.Tensor; readonly y: tf.Tensor };
  /** The column whose values make groups. */
  readonly group: string;
  readonly threshold: number;
  readonly constraints: readonly [GateConstraint, ...GateConstraint[]];
  /** Clients without which a value, a figure or a group is withheld. */
  readonly minClients: number;
}
