// Clients of given sizes, each with a label mix of its own (Acar, Zhao, Matas Navarro, Mattina, Whatmough, Saligrama,
// "Federated Learning Based on Dynamic Regularization", ICLR 2021, and its code). flwr-datasets calls it
// InnerDirichlet. Rows are dealt one by one to clients at random, so that no client is first to have a label that runs
// out.
import { generator } from '@starling/federated-core';
import { checkOptions, optionError, required } from '@starling/federated-core/plan';
import { logDirichlet, sharesOf } from '../draws/dirichlet.js';
import { pick } from '../draws/pick.js';
import { checkRows } from './cuts.js';
import { concentrations, DIRICHLET_ELSEWHERE, rowCounts } from './option-checks.js';
import type { Partitioner } from './partitioner.js';
import { rowsByLabel } from './rows-by-label.js';

const ACTION = 'Cannot partition by innerDirichlet';

export interface InnerDirichletPartitionOptions {
  /** Rows of each client, at least 1. */
  readonly sizes: readonly number[];
  /** Above 0, one for all labels or one for each, labels ascending: label l has the share αₗ / Σα, on average. */
  readonly concentration: number | readonly number[];
}

/**
 * Draws a mix of labels for each client; then, row by row, a client that has not all of its rows yet, and a label by
 * its mix. A label that has run out is left out from then on; where a mix has no other, the rows that are left decide.
 * Rows beyond the sum of `sizes` are left out. Throws a `RangeError` if there are fewer.
 */
export function innerDirichletPartition(options: InnerDirichletPartitionOptions): Partitioner {
  checkOptions(
    ACTION,
    options,
    { sizes: required(rowCounts), concentration: required(concentrations) },
    DIRICHLET_ELSEWHERE,
  );
  const { sizes, concentration } = options;
  return {
    name: 'inner-dirichlet',
    clients: sizes.length,
    partition: (labels, seed) => {
      const need = sizes.reduce((sum, size) => sum + size, 0);
      checkRows(ACTION, labels.length, need, 'the sum of sizes');
      const random = generator(seed);
      const remaining = rowsByLabel(ACTION, labels, random).map(({ rows }) => rows);
      const alphas = typeof concentration === 'number' ? remaining.map(() => concentration) : concentration;
      if (alphas.length !== remaining.length) {
        throw optionError(
          `${ACTION}: need a concentration for each of ${remaining.length} labels, got ${alphas.length}`,
        );
      }
      const mixes = sizes.map(() => sharesOf(logDirichlet(alphas, random)));
      const parts = sizes.map((size) => new Int32Array(size));
      const filled = sizes.map(() => 0);
      const open = sizes.map((_, client) => client);
      while (open.length > 0) {
        const place = random.below(open.length);
        const client = open[place] as number;
        const mix = mixes[client] as readonly number[];
        const label = pick(
          mix.map((share, index) => ((remaining[index] as number[]).length > 0 ? share : 0)),
          remaining.map((rows) => rows.length),
          random,
        );
        const at = filled[client] as number;
        parts[client]![at] = (remaining[label] as number[]).pop() as number;
        filled[client] = at + 1;
        if (at + 1 === sizes[client]) {
          open[place] = open[open.length - 1] as number;
          open.pop();
        }
      }
      return parts;
    },
  };
}
