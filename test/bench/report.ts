// The benchmark's table: one row a contender, by the median of its turns; a contender with a turn that failed says so.
import type { Measurement, ModelName } from './configuration.js';
import { median } from './median.js';
import { table } from './table.js';

/** What came of one contender's turns. */
export interface ContenderResult {
  readonly name: string;
  readonly model: ModelName;
  readonly isPeer: boolean;
  readonly measurements: readonly Measurement[];
  /** Turns that came to nothing. */
  readonly failures: number;
}

/** Ratios are to the fastest peer of the same model. */
export function report(results: readonly ContenderResult[]): string {
  const rows = results.map((result) => {
    const { model, name, measurements, failures } = result;
    const label = `${model}: ${name}`;
    const failed = failures === 0 ? '' : `, ${failures} failed`;
    if (measurements.length === 0) return [label, 'failed', '', '', '', '', ''];
    const roundMs = medianOf(result, 'medianRoundMs');
    const ratio = fastestPeer(results, model) / roundMs;
    return [
      `${label}${failed}`,
      (1000 / roundMs).toPrecision(4),
      roundMs.toFixed(2),
      medianOf(result, 'cpuMsPerRound').toFixed(2),
      medianOf(result, 'peakMemoryMiB').toFixed(0),
      medianOf(result, 'firstRoundMs').toFixed(0),
      Number.isFinite(ratio) ? ratio.toFixed(2) : '',
    ];
  });
  return table(['', 'rounds/s', 'round ms', 'cpu ms', 'peak MiB', 'first round ms', '× best peer'], rows);
}

type Field = 'medianRoundMs' | 'cpuMsPerRound' | 'peakMemoryMiB' | 'firstRoundMs';

function medianOf({ measurements }: ContenderResult, field: Field): number {
  return median(measurements.map((measurement) => measurement[field]));
}

function fastestPeer(results: readonly ContenderResult[], model: ModelName): number {
  const peers = results.filter((each) => each.isPeer && each.model === model && each.measurements.length > 0);
  return Math.min(...peers.map((peer) => medianOf(peer, 'medianRoundMs')));
}
