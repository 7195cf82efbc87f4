// One plain line a round, for logs, pipes and terminals without a cursor.
import type { RunObserver, RunStart, RunSummary } from '@starling/runtime/events';
import { countOf, formatDuration, formatNumber, shownMetrics } from './metrics.js';
import { createRate } from './rate.js';

/** More metrics than these make a line that wraps. */
export const METRICS_SHOWN = 3;

/** `every`: rounds from one line to the next; the last round always has one. */
export function plainLines(write: (line: string) => void, every = 1): RunObserver {
  const rate = createRate();
  let rounds = 0;
  let headline: string | null = null;
  return {
    started(start) {
      ({ rounds, headline } = start);
      write(describeStart(start));
    },
    ready(openingMs) {
      write(`ready in ${formatDuration(openingMs)}`);
    },
    round(record) {
      const speed = rate.add(record);
      if (record.round % every !== 0 && record.round !== rounds) return;
      const parts = [
        `round ${String(record.round).padStart(String(rounds).length)}/${rounds}`,
        ...shownMetrics(record.metrics, headline, METRICS_SHOWN).map(
          ([name, value]) => `${name} ${formatNumber(value)}`,
        ),
        `${record.accepted}/${record.cohort} clients`,
        `${formatNumber(speed)} clients/s`,
        formatDuration(record.wallMs),
      ];
      write(parts.join('  '));
    },
    finished(summary) {
      write(describeEnd(summary));
    },
  };
}

/** "mnist on threads (2 workers): 100 clients, 20 rounds, seed 1". */
export function describeStart(start: RunStart): string {
  const workers = start.workers === null ? '' : ` (${countOf(start.workers, 'worker')})`;
  return `${start.federation} on ${start.runtime}${workers}: ${countOf(start.population, 'client')}, ${countOf(start.rounds, 'round')}, seed ${start.seed}`;
}

/** "20 rounds in 4.1 s, state 3f2a91…". */
export function describeEnd(summary: RunSummary): string {
  const stopped = summary.interrupted ? 'stopped after ' : '';
  return `${stopped}${countOf(summary.rounds, 'round')} in ${formatDuration(summary.wallMs)}, state ${summary.stateHash}`;
}
