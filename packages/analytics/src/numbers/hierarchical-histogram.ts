// A histogram at every level of a tree (Hay, Rastogi, Miklau, Suciu, "Boosting the Accuracy of Differentially Private
// Histograms Through Consistency", VLDB 2010): a row counts once at each level, so that a range is a sum of few nodes,
// and noise at each would add up to little.
import { tf } from '@starling/compute';
import {
  checkOptions,
  count,
  kinds,
  numberWithin,
  optionError,
  required,
} from '@starling/federated-core/plan';
import { columnData, type NumberColumn } from '@starling/population';
import { type PrivacyOptions, privacyChecks, type Statistic, statisticOf } from '../statistic/statistic.js';
import { foldValues, sumOfColumn } from '../values/fold-values.js';
import { numberClasses } from '../values/number-classes.js';
import { edgesBelow } from '../values/ordered-edges.js';
import { equalWidths } from './histogram.js';

export interface HierarchicalHistogramOptions extends PrivacyOptions {
  /** The lower end, and the upper one, which is outside. */
  readonly range: readonly [number, number];
  /** Leaves of one width. */
  readonly bins: number;
  /** Children of a node: 2 by default. */
  readonly arity?: number;
}

export interface HierarchicalHistogram {
  /** Edges of the leaves. */
  readonly edges: readonly number[];
  /** From the root to the leaves; nodes beyond the last leaf are left out. */
  readonly levels: readonly (readonly number[])[];
  /** Children of a node. */
  readonly arity: number;
}

/** Rows at each node. No clients: all 0; rows outside of the range count nowhere. */
export function hierarchicalHistogram(
  column: NumberColumn,
  options: HierarchicalHistogramOptions,
): Statistic<HierarchicalHistogram> {
  const action = 'Cannot make a hierarchical histogram';
  checkOptions(action, options, {
    ...privacyChecks,
    range: required(kinds.list),
    bins: required(count),
    arity: numberWithin({ whole: true, from: 2, to: 256 }),
  });
  const { range, bins, arity = 2 } = options;
  if (range.length !== 2) throw optionError(`${action}: range must be two numbers, got ${range.length}`);
  const edges = equalWidths(range[0], range[1], bins);
  const sizes = levelSizes(bins, arity);
  return statisticOf({
    name: 'hierarchicalHistogram',
    data: columnData(column),
    aggregate: (data) =>
      sumOfColumn('count levels', column, data, (own) => {
        const cuts = edges.map((at) => ({ at, side: 'at-or-above' as const }));
        const zeros = tf.zeros([bins + 2], 'int32');
        const counted = foldValues(own, zeros, (state: tf.Tensor, { value, rows }) => {
          const number = tf.mul(rows, tf.sub(tf.scalar(1, 'int32'), numberClasses(column, value).nan));
          return tf.add(
            state,
            tf.scatterND(tf.reshape(edgesBelow(column, value, cuts), [-1, 1]), number, [bins + 2]),
          );
        });
        const levels: tf.Tensor[] = [tf.slice(counted, [1], [bins])];
        for (let level = sizes.length - 2; level >= 0; level--) {
          const below = levels[0] as tf.Tensor;
          const padded = tf.pad(below, [
            [0, (sizes[level] as number) * arity - (sizes[level + 1] as number)],
          ]);
          levels.unshift(tf.sum(tf.reshape(padded, [sizes[level] as number, arity]), 1));
        }
        return { levels: tf.concat(levels) };
      }),
    finish: ({ levels }) => {
      const all = [...(levels as { readonly data: Int32Array }).data];
      return { edges, levels: sizes.map((size) => all.splice(0, size)), arity };
    },
    error: { kind: 'exact' },
    privacy: options,
  });
}

/** Nodes of each level, from the root. */
function levelSizes(bins: number, arity: number): readonly number[] {
  const sizes = [bins];
  while ((sizes[0] as number) > 1) sizes.unshift(Math.ceil((sizes[0] as number) / arity));
  return sizes;
}

/** Rows of the leaves `first` to `last`, both included: a sum of as few nodes as cover them. */
export function rangeCount({ levels, arity }: HierarchicalHistogram, first: number, last: number): number {
  let sum = 0;
  let [low, high] = [first, last];
  for (let level = levels.length - 1; level >= 0 && low <= high; level--) {
    const nodes = levels[level] as readonly number[];
    while (low <= high && low % arity !== 0) sum += nodes[low++] ?? 0;
    while (low <= high && high % arity !== arity - 1) sum += nodes[high--] ?? 0;
    if (low > high) break; // or the node above both would seem to be left
    low = Math.floor(low / arity);
    high = Math.floor(high / arity);
  }
  return sum;
}

/** The leaf in which a share of the rows is reached: its edges; null of no rows. */
export function quantileLeaf(
  { levels, edges }: HierarchicalHistogram,
  quantile: number,
): readonly [number, number] | null {
  const leaves = levels.at(-1) as readonly number[];
  const total = levels[0]?.[0] ?? 0;
  if (total === 0) return null;
  let leaf = 0;
  for (let upTo = leaves[0] as number; upTo === 0 || upTo < quantile * total; leaf++) {
    upTo += leaves[leaf + 1] as number;
  }
  return [edges[leaf] as number, edges[leaf + 1] as number];
}
