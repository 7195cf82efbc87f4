// Clients by lists of row indices, such as those of a JSON file: a cut that was made elsewhere, or of which a paper
// publishes the file.
import { checkKind, checkOptions, describeValue, isPlain, optionError } from '@starling/federated-core/plan';
import type { Partitioner } from './partitioner.js';

const ACTION = 'Cannot partition by indices';

export interface IndicesPartitionOptions {
  /**
   * What the file holds, as `JSON.parse` gives it: a list of lists of row indices, or such lists by the clients' names.
   * Indices are whole numbers from 0, each in one list at most.
   */
  readonly indices: unknown;
}

/**
 * Gives client i the rows of the i-th list, in its order. Rows in no list are left out, and a list may be empty; no
 * seed changes anything. Throws a `RangeError` with the place, such as `indices.alice[3]`, for what is no index, stands
 * twice, or is not below the number of rows.
 */
export function indicesPartition(options: IndicesPartitionOptions): Partitioner {
  checkOptions(ACTION, options, { indices: true });
  const { indices } = options;
  checkKind(ACTION, 'indices', indices, {
    need: 'lists of row indices, in an array or by name, at least one',
    fits: (value) => isObject(value) && Object.keys(value).length > 0,
  });
  const lists = Object.entries(indices as Readonly<Record<string, unknown>>);
  const pathOf = (name: string): string => (Array.isArray(indices) ? `indices[${name}]` : `indices.${name}`);
  const owners = new Map<number, string>();
  const parts = lists.map(([name, list]) => partOf(pathOf(name), list, owners));
  return {
    name: 'indices',
    clients: parts.length,
    partition: (labels) => {
      for (const [client, part] of parts.entries()) {
        const place = part.findIndex((row) => row >= labels.length);
        if (place < 0) continue;
        const path = `${pathOf(lists[client]![0])}[${place}]`;
        throw optionError(
          `${ACTION}: ${path} must be a row, from 0 to ${labels.length - 1}, got ${part[place]}`,
        );
      }
      return parts.map((part) => part.slice());
    },
    ...(Array.isArray(indices) ? {} : { clientNames: () => lists.map(([name]) => name) }),
  };
}

function partOf(path: string, list: unknown, owners: Map<number, string>): Int32Array {
  if (!Array.isArray(list)) {
    throw optionError(`${ACTION}: ${path} must be a list of row indices, got ${describeValue(list)}`);
  }
  return Int32Array.from(list, (row: unknown, place) => {
    const own = `${path}[${place}]`;
    if (!(typeof row === 'number' && Number.isInteger(row) && row >= 0 && row < 2 ** 31)) {
      throw optionError(`${ACTION}: ${own} must be a whole number from 0, got ${describeValue(row)}`);
    }
    const other = owners.get(row);
    if (other !== undefined) {
      throw optionError(`${ACTION}: need each row once, got ${row} in ${other} and as ${own}`);
    }
    owners.set(row, path);
    return row;
  });
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && (Array.isArray(value) || isPlain(value));
}
