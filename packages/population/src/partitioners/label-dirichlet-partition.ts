// Each label's rows divided among clients by shares of a Dirichlet distribution, so that clients differ in their labels
// and in their sizes (Yurochkin, Agarwal, Ghosh, Greenewald, Hoang, Khazaeni, "Bayesian Nonparametric Federated
// Learning of Neural Networks", ICML 2019, section 4, and its code). flwr-datasets calls it Dirichlet.
import { type Generator, generator } from '@starling/federated-core';
import {
  checkOptions,
  count,
  kinds,
  numberWithin,
  optionError,
  required,
} from '@starling/federated-core/plan';
import { logDirichlet, sharesOf } from '../draws/dirichlet.js';
import { checkRows, cutRows, mixed } from './cuts.js';
import { concentrations, DIRICHLET_ELSEWHERE } from './option-checks.js';
import type { Partitioner } from './partitioner.js';
import { rowsByLabel } from './rows-by-label.js';

const ACTION = 'Cannot partition by labelDirichlet';
/** Cuts that are tried until every client has enough rows: as many as there is work for, at least 10. */
const MOST_DRAWS = 1_000;
const LEAST_DRAWS = 10;
/** Shares that are drawn in all of them: some seconds. */
const MOST_SHARES = 2e6;

export interface LabelDirichletPartitionOptions {
  readonly clients: number;
  /**
   * Above 0, one for all clients or one for each. Client i has the share αᵢ / Σα of a label, on average; the smaller
   * they are, the fewer clients have most of a label.
   */
  readonly concentration: number | readonly number[];
  /** Rows that each client has at least: shares are drawn anew until it is so. Default 10; 0 allows empty clients. */
  readonly minRows?: number;
  /** Whether a client that has more rows than the average is left out of the labels that follow. Default false. */
  readonly selfBalancing?: boolean;
}

/**
 * Divides the rows of each label, labels ascending, by shares that are drawn for it. Every row is dealt. Throws a
 * `RangeError` if some client has fewer than `minRows` rows in each of 1,000
 * draws, or of fewer where 1,000 would take long.
 */
export function labelDirichletPartition(options: LabelDirichletPartitionOptions): Partitioner {
  checkOptions(
    ACTION,
    options,
    {
      clients: required(count),
      concentration: required(concentrations),
      minRows: numberWithin({ whole: true, from: 0 }),
      selfBalancing: kinds.flag,
    },
    DIRICHLET_ELSEWHERE,
  );
  const { clients, concentration, minRows = 10, selfBalancing = false } = options;
  const alphas =
    typeof concentration === 'number' ? new Array<number>(clients).fill(concentration) : concentration;
  if (alphas.length !== clients) {
    throw optionError(`${ACTION}: need a concentration for each of ${clients} clients, got ${alphas.length}`);
  }
  return {
    name: 'label-dirichlet',
    clients,
    partition: (labels, seed) => {
      checkRows(ACTION, labels.length, minRows * clients, `${clients} clients of ${minRows} or more`);
      const random = generator(seed);
      const groups = rowsByLabel(ACTION, labels, random).map(({ rows }) => Int32Array.from(rows));
      const totals = groups.map(({ length }) => length);
      const capacity = selfBalancing ? labels.length / clients : Number.POSITIVE_INFINITY;
      const affordable = Math.floor(MOST_SHARES / (clients * groups.length));
      const draws = Math.min(MOST_DRAWS, Math.max(LEAST_DRAWS, affordable));
      for (let draw = 0; draw < draws; draw++) {
        const { sizes, counts } = drawCounts(totals, alphas, capacity, random);
        if (sizes.some((size) => size < minRows)) continue;
        const pieces = groups.map((rows, label) => cutRows(rows, counts[label] as readonly number[]));
        return sizes.map((_, client) =>
          mixed(
            pieces.map((ofLabel) => ofLabel[client] as Int32Array),
            random,
          ),
        );
      }
      throw optionError(
        `${ACTION}: need ${minRows} rows or more for each of ${clients} clients, got fewer in ${draws} draws. Ask for fewer by minRows, or raise concentration`,
      );
    },
  };
}

/** How many rows of each label each client has, and of all labels. */
function drawCounts(
  totals: readonly number[],
  alphas: readonly number[],
  capacity: number,
  random: Generator,
): { readonly sizes: readonly number[]; readonly counts: readonly (readonly number[])[] } {
  const sizes = alphas.map(() => 0);
  const counts = totals.map((total) => {
    const shares = sharesOf(logDirichlet(alphas, random), (client) => (sizes[client] as number) <= capacity);
    // What rounding leaves goes to the last client that takes part.
    const last = shares.reduce((found, share, client) => (share > 0 ? client : found), 0);
    let share = 0;
    let begin = 0;
    return shares.map((own, client) => {
      share += own;
      const end = client >= last ? total : Math.min(total, Math.floor(share * total));
      const size = end - begin;
      begin = end;
      sizes[client] = (sizes[client] as number) + size;
      return size;
    });
  });
  return { sizes, counts };
}
