// What an evaluation on clients measures of one model, traced: means over all examples, how clients differ, and what
// else is worked out of a client's totals. All of it goes up as sums.
import {
  type AnyClientsValue,
  type AnyServerValue,
  federatedBroadcast,
  federatedMap,
  federatedSum,
  federatedZip,
  type LocalComputation,
} from '@starling/federated-core';
import { type Check, count, kinds, numberWithin } from '@starling/federated-core/plan';
import type { Model } from '../model/model.js';
import { fieldsOf } from '../parts/fields-of.js';
import { meansWork } from '../work/means-work.js';
import { evaluationWork } from './evaluation-work.js';
import { checkHistograms, type Histograms, histogramWork, spreadWork } from './histogram-work.js';

export interface MeasureOptions {
  /** Examples evaluated at once; 100 by default. It changes the speed, not the result. */
  readonly batchSize?: number;
  /**
   * How the clients' own means of these metrics, or of `loss`, are spread: over a histogram, and in numbers. By
   * default, nothing.
   */
  readonly distribution?: Histograms;
  /** The shares of clients, from 0 to 1, below the quantiles. Default 0.1, 0.5 and 0.9. */
  readonly quantiles?: readonly number[];
}

/** For tables of options; `checkMeasures` does the rest. */
export const MEASURE_OPTIONS = {
  batchSize: count,
  distribution: true,
  quantiles: kinds.list,
} as const satisfies { readonly [N in keyof MeasureOptions]-?: true | Check };

/** Throws a `RangeError` if an option does not fit the model, or is out of its range. */
export function checkMeasures(action: string, model: Model, options: MeasureOptions): void {
  checkHistograms(action, model, options.distribution ?? {});
  for (const share of options.quantiles ?? []) numberWithin({ from: 0, to: 1 })(action, 'a quantile', share);
}

/** A further measure: what a client makes of its totals, whose sums are reported by `name`. */
export interface Besides {
  readonly name: string;
  /** `model`, with the metrics that it needs. */
  readonly model: Model;
  readonly work: LocalComputation;
  /** Metrics of that model that are not reported. */
  readonly hidden: readonly string[];
}

/** The measures of `model` with `weights`, on the clients' `data`. */
export function measuredOnClients(
  model: Model,
  { weights, data }: { readonly weights: AnyServerValue; readonly data: AnyClientsValue },
  options: MeasureOptions,
  besides: Besides | null = null,
): AnyServerValue {
  const { batchSize = 100, distribution = {}, quantiles = [0.1, 0.5, 0.9] } = options;
  const measuring = besides?.model ?? model;
  const work = evaluationWork({ model: measuring, batchSize });
  const totals = federatedMap(work, { weights: federatedBroadcast(weights), data });
  const overall = federatedMap(meansWork(measuring), { totals: federatedSum(totals) });
  const isSpread = Object.keys(distribution).length > 0;
  if (!isSpread && besides === null) return overall;
  const shown = Object.entries(fieldsOf(overall)).filter(([name]) => !besides?.hidden.includes(name));
  const spread = (): AnyServerValue =>
    federatedMap(spreadWork(distribution, quantiles), {
      spread: federatedSum(federatedMap(histogramWork(measuring, distribution), { totals })),
    });
  return federatedZip({
    ...Object.fromEntries(shown),
    ...(isSpread ? { distribution: spread() } : {}),
    ...(besides === null ? {} : { [besides.name]: federatedSum(federatedMap(besides.work, { totals })) }),
  });
}
