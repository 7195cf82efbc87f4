// Bounds that an operator sets on what one client may bring into a mean: how long its value may be, and how much it may
// weigh. They come on top of what a plan asks of updates, since no plan knows what is plausible for its clients.
import { RejectedUpdateError } from '@starling/federated-core';
import { type Aggregation, isWeighted, leafTypes, type UpdateChecker } from '@starling/federated-core/plan';

export interface UpdateBounds {
  /** The greatest L2 norm, over all leaves, of a value that is averaged. Default: any. */
  readonly maxUpdateNorm?: number;
  /** The greatest weight. Default: any. */
  readonly maxWeight?: number;
}

/** A mean's part of an update: its leaves, of which the last may be a weight. */
interface Averaged {
  readonly start: number;
  readonly end: number;
  readonly weighs: boolean;
  readonly aggregation: number;
}

/** `check`, and then the bounds. */
export function boundedChecker(
  check: UpdateChecker,
  aggregations: readonly Aggregation<unknown>[],
  { maxUpdateNorm, maxWeight }: UpdateBounds,
): UpdateChecker {
  if (maxUpdateNorm === undefined && maxWeight === undefined) return check;
  const means = averagedParts(aggregations);
  return (update) => {
    const refused = check(update);
    if (refused !== null) return refused;
    for (const { start, end, weighs, aggregation } of means) {
      const weight = weighs ? Number(update[end - 1]!.data[0]) : 1;
      if (maxWeight !== undefined && weight > maxWeight) {
        return new RejectedUpdateError(
          'weight-too-large',
          `Cannot add an update: its weight may be at most ${maxWeight}, got ${weight} in aggregation ${aggregation}`,
        );
      }
      const norm = maxUpdateNorm === undefined ? 0 : normOf(update.slice(start, weighs ? end - 1 : end));
      if (maxUpdateNorm !== undefined && norm > maxUpdateNorm) {
        return new RejectedUpdateError(
          'norm-too-large',
          `Cannot add an update: its norm may be at most ${maxUpdateNorm}, got ${norm} in aggregation ${aggregation}`,
        );
      }
    }
    return null;
  };
}

function averagedParts(aggregations: readonly Aggregation<unknown>[]): readonly Averaged[] {
  let start = 0;
  return aggregations.flatMap((each, aggregation) => {
    const from = start;
    start += leafTypes(each.update).length;
    const weighs = isWeighted(each);
    return each.kind === 'mean' || weighs ? [{ start: from, end: start, weighs, aggregation }] : [];
  });
}

/** In float64; infinite where its square is, so that such a value is beyond every bound. */
function normOf(leaves: readonly { readonly data: ArrayLike<unknown> }[]): number {
  let squares = 0;
  for (const { data } of leaves) {
    for (let index = 0; index < data.length; index++) squares += Number(data[index]) ** 2;
  }
  return Math.sqrt(squares);
}
