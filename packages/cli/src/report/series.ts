// From the metrics of all rounds to the charts of a report: metrics of one kind (the last part of their names, such
// as `loss` of `training.loss` and `evaluation.loss`) share a chart.

import { shownFields } from '@starling/runtime/events';
import { namedNumbers } from '../output/metrics.js';
import type { ReportedRound } from './reported-run.js';

export interface Series {
  readonly name: string;
  /** Rounds in ascending order, with the metric's value there; only finite values. */
  readonly points: readonly (readonly [round: number, value: number])[];
  /** What the values of several runs lie in, at the rounds of the points. */
  readonly band?: readonly (readonly [round: number, low: number, high: number])[];
}

export interface ChartData {
  readonly title: string;
  readonly series: readonly Series[];
  /** Values that the series are held against: a line across, each with its words. */
  readonly limits?: readonly { readonly value: number; readonly text: string }[];
}

/**
 * One chart a kind of metric, in the order in which metrics first appear. A kind whose metrics never change, such as
 * the number of examples, has no curve: it stands in the table.
 */
export function chartsOf(rounds: readonly ReportedRound[]): readonly ChartData[] {
  const points = new Map<string, [number, number][]>();
  for (const line of rounds) {
    for (const [name, value] of namedNumbers(shownFields(line))) {
      const list = points.get(name) ?? [];
      points.set(name, list);
      if (Number.isFinite(value)) list.push([line.round, value]);
    }
  }
  const charts = new Map<string, Series[]>();
  for (const [name, list] of points) {
    if (list.length === 0) continue;
    const kind = name.split('.').at(-1) as string;
    const series = charts.get(kind) ?? [];
    charts.set(kind, series);
    series.push({ name, points: list });
  }
  return [...charts].map(([title, series]) => ({ title, series })).filter(changes);
}

function changes({ series }: ChartData): boolean {
  return series.some(({ points }) => points.some(([, value]) => value !== points[0]?.[1]));
}
