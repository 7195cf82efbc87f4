// Clients as the data has them: rows with one id, such as a user's, are one client's.
import { checkOptions } from '@starling/federated-core/plan';
import { checkRows } from './cuts.js';
import type { Partitioner } from './partitioner.js';
import { rowsByLabel } from './rows-by-label.js';

const ACTION = 'Cannot partition by naturalId';

/**
 * Labels are the ids: a client for each that occurs, ids ascending, named by it. A client's rows keep their order; no
 * seed changes anything. Throws a `RangeError` for no rows at all.
 */
export function naturalIdPartition(options: Readonly<Record<never, never>> = {}): Partitioner {
  checkOptions(ACTION, options, {});
  return {
    name: 'natural-id',
    clients: null,
    partition: (labels) => {
      checkRows(ACTION, labels.length, 1, 'a client');
      return rowsByLabel(ACTION, labels, null).map(({ rows }) => Int32Array.from(rows));
    },
    clientNames: (labels) => rowsByLabel(ACTION, labels, null).map(({ label }) => String(label)),
  };
}
