// Clients that are groups of whom the data is from: hospitals of patients, organisations of users (the
// GroupedNaturalId partitioner of flwr-datasets, from which the definition is).
import { checkOptions, count, kinds, oneOf, optionError, required } from '@starling/federated-core/plan';
import { evenSizes } from './cuts.js';
import type { Label, Partitioner } from './partitioner.js';
import { type LabelRows, rowsByFirst, rowsByLabel } from './rows-by-label.js';

const ACTION = 'Cannot partition by groupedNaturalId';

export interface GroupedNaturalIdPartitionOptions {
  /** Ids of a group. */
  readonly groupSize: number;
  /**
   * What becomes of the ids that do not fill a group:
   * - `allow-smaller` (the default): the last group is smaller;
   * - `allow-bigger`: they are spread over the first groups;
   * - `drop-remainder`: their rows are left out;
   * - `strict`: a `RangeError`.
   */
  readonly mode?: 'allow-smaller' | 'allow-bigger' | 'drop-remainder' | 'strict';
  /** Whether ids are grouped in ascending order. Default false: in the order in which they first occur. */
  readonly sortIds?: boolean;
}

/**
 * Labels are the ids. Ids that follow each other are one client's; its rows are in the order of its ids. No seed
 * changes anything. Throws a `RangeError` for fewer ids than `groupSize`, unless `mode` is `allow-smaller`.
 */
export function groupedNaturalIdPartition(options: GroupedNaturalIdPartitionOptions): Partitioner {
  checkOptions(ACTION, options, {
    groupSize: required(count),
    mode: oneOf('allow-smaller', 'allow-bigger', 'drop-remainder', 'strict'),
    sortIds: kinds.flag,
  });
  const { groupSize, mode = 'allow-smaller', sortIds = false } = options;
  const groupsOf = (labels: ArrayLike<Label>): readonly (readonly LabelRows[])[] => {
    const ids = sortIds ? rowsByLabel(ACTION, labels, null) : rowsByFirst(ACTION, labels);
    let begin = 0;
    return groupSizes(ids.length, groupSize, mode).map((size) => {
      begin += size;
      return ids.slice(begin - size, begin);
    });
  };
  return {
    name: 'grouped-natural-id',
    clients: null,
    partition: (labels) =>
      groupsOf(labels).map((group) => Int32Array.from(group.flatMap(({ rows }) => rows))),
  };
}

/** How many ids each group has. */
function groupSizes(
  ids: number,
  groupSize: number,
  mode: NonNullable<GroupedNaturalIdPartitionOptions['mode']>,
): readonly number[] {
  const groups = Math.floor(ids / groupSize);
  const rest = ids % groupSize;
  if (ids === 0 || (groups === 0 && mode !== 'allow-smaller')) {
    throw optionError(`${ACTION}: need ${groupSize} ids for a group, got ${ids}`);
  }
  const full = new Array<number>(groups).fill(groupSize);
  switch (mode) {
    case 'allow-smaller':
      return rest === 0 ? full : [...full, rest];
    case 'allow-bigger':
      return evenSizes(ids, groups);
    case 'drop-remainder':
      return full;
    case 'strict':
      if (rest === 0) return full;
      throw optionError(`${ACTION}: need a multiple of ${groupSize} ids in mode 'strict', got ${ids}`);
    default:
      return mode satisfies never;
  }
}
