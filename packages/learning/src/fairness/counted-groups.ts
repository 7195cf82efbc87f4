// Figures of groups for tests, from the four integers of each group in each part of the clients.
import { tensor } from '@starling/federated-core';
import { type GroupFigures, groupFigures } from './group-figures.js';
import { type GroupOptions, groupsOf, rowsOf } from './groups.js';

/** True positives, false positives, true negatives, false negatives. */
export type Cells = readonly [tp: number, fp: number, tn: number, fn: number];

/**
 * By a column `group`, whose groups are the names of `parts[0]`, at 0.5. Each part of the clients has `clientsInPart`
 * of them, all of which have examples of all groups; one part alone has no intervals.
 */
export function countedGroups(
  parts: readonly { readonly [group: string]: Cells }[],
  options: Partial<GroupOptions> = {},
  clientsInPart = 10,
): { readonly groups: GroupFigures } {
  const names = Object.keys(parts[0]!);
  const groups = groupsOf({ by: { group: names }, buckets: parts.length, ...options });
  const rows = rowsOf(groups); // one more than names, for others
  const counts = new Int32Array(parts.length * rows * 4);
  const clients = new Int32Array(parts.length * rows);
  for (const [bucket, part] of parts.entries()) {
    for (const [row, name] of names.entries()) {
      counts.set(part[name]!, (bucket * rows + row) * 4);
      clients[bucket * rows + row] = part[name]!.some((cell) => cell > 0) ? clientsInPart : 0;
    }
  }
  const present = new Int32Array(parts.length).fill(clientsInPart);
  const figures = groupFigures(groups, {
    counts: tensor('int32', [parts.length, rows, 1, 4], counts),
    clients: tensor('int32', [parts.length, rows], clients),
    present: tensor('int32', [parts.length], present),
  });
  return { groups: figures };
}
