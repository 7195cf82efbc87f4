// Clients with an exact number of labels each (Li, Diao, Chen, He, "Federated Learning on Non-IID Data Silos: An
// Experimental Study", ICDE 2022, section 4.1, "quantity-based label imbalance").
import { type Generator, generator } from '@starling/federated-core';
import { checkOptions, count, oneOf, optionError, required } from '@starling/federated-core/plan';
import { distinct } from '../draws/distinct.js';
import { cutRows, evenSizes, mixed } from './cuts.js';
import type { Partitioner } from './partitioner.js';
import { rowsByLabel } from './rows-by-label.js';

const ACTION = 'Cannot partition by pathological';

export interface PathologicalPartitionOptions {
  readonly clients: number;
  /** Different labels of each client. */
  readonly labelsPerClient: number;
  /**
   * Which labels, k being how many there are, in ascending order:
   * - `random` (the default): drawn, each set equally likely;
   * - `deterministic`: client i has labels i, i + 1, … modulo k;
   * - `first-deterministic`, as in the paper: client i has label i modulo k, and others that are drawn.
   */
  readonly assignment?: 'random' | 'deterministic' | 'first-deterministic';
}

/**
 * Divides the rows of each label evenly among the clients that have it. Rows of a label that no client has are left
 * out. Throws a `RangeError` for fewer labels than `labelsPerClient`, or a label with fewer rows than clients that have
 * it.
 */
export function pathologicalPartition(options: PathologicalPartitionOptions): Partitioner {
  checkOptions(ACTION, options, {
    clients: required(count),
    labelsPerClient: required(count),
    assignment: oneOf('random', 'deterministic', 'first-deterministic'),
  });
  const { clients, labelsPerClient, assignment = 'random' } = options;
  return {
    name: 'pathological',
    clients,
    partition: (labels, seed) => {
      const random = generator(seed);
      const groups = rowsByLabel(ACTION, labels, random);
      if (groups.length < labelsPerClient) {
        throw optionError(`${ACTION}: need ${labelsPerClient} labels for each client, got ${groups.length}`);
      }
      const chosen = Array.from({ length: clients }, (_, client) =>
        labelsOf(client, { labels: groups.length, labelsPerClient, assignment }, random),
      );
      const hands = chosen.map((): Int32Array[] => []);
      for (const [index, { label, rows }] of groups.entries()) {
        const holders = chosen.flatMap((own, client) => (own.includes(index) ? [client] : []));
        if (holders.length > rows.length) {
          throw optionError(
            `${ACTION}: need a row of label ${label} for each of ${holders.length} clients that have it, got ${rows.length}`,
          );
        }
        const pieces = cutRows(Int32Array.from(rows), evenSizes(rows.length, holders.length));
        for (const [place, client] of holders.entries()) hands[client]!.push(pieces[place] as Int32Array);
      }
      return hands.map((pieces) => mixed(pieces, random));
    },
  };
}

/** The positions of a client's labels among all. */
function labelsOf(
  client: number,
  {
    labels,
    labelsPerClient,
    assignment,
  }: Required<Omit<PathologicalPartitionOptions, 'clients'>> & { readonly labels: number },
  random: Generator,
): readonly number[] {
  const first = client % labels;
  if (assignment === 'deterministic') {
    return Array.from({ length: labelsPerClient }, (_, place) => (first + place) % labels);
  }
  const found = assignment === 'random' ? [] : [first];
  for (const label of distinct(labels, random)) {
    if (found.length === labelsPerClient) break;
    if (!found.includes(label)) found.push(label);
  }
  return found;
}
