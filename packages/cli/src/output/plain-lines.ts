// One plain line a round, for logs, pipes and terminals without a cursor.
import type { RunObserver, RunStart, RunSummary } from '../run/run-record.js';
import { formatDuration, formatNumber, namedNumbers } from './metrics.js';
import { createRate } from './rate.js';

export function plainLines(write: (line: string) => void): RunObserver {
  const rate = createRate();
  let rounds = 0;
  return {
    started(start) {
      rounds = start.rounds;
      write(describeStart(start));
    },
    round(record) {
      const parts = [
        `round ${String(record.round).padStart(String(rounds).length)}/${rounds}`,
        ...namedNumbers(record.metrics).map(([name, value]) => `${name} ${formatNumber(value)}`),
        `${record.accepted}/${record.cohort} clients`,
        `${formatNumber(rate.add(record))} clients/s`,
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
  const workers =
    start.runtime === 'in-process' || start.workers === null ? '' : ` (${start.workers} workers)`;
  return `${start.simulation} on ${start.runtime}${workers}: ${formatNumber(start.population)} clients, ${start.rounds} rounds, seed ${start.seed}`;
}

/** "20 rounds in 4.1 s, state 3f2a91…". */
export function describeEnd(summary: RunSummary): string {
  const stopped = summary.interrupted ? 'stopped after ' : '';
  return `${stopped}${summary.rounds} rounds in ${formatDuration(summary.wallMs)}, state ${summary.stateHash}`;
}
