// One plain line a round, for logs, pipes and terminals without a cursor; and below it who is missing, where the reason
// is new.
import type { RunObserver, RunStart, RunSummary } from '@starling/runtime/events';
import { shownFields } from '@starling/runtime/events';
import { createLostTally, lostLines } from './lost-lines.js';
import { countOf, formatDuration, formatNumber, shownMetrics } from './metrics.js';
import { createRate } from './rate.js';

/** More metrics than these make a line that wraps. */
export const METRICS_SHOWN = 3;

/** `every`: rounds from one line to the next; the last round, and one with a new reason, always have one. */
export function plainLines(write: (line: string) => void, every = 1): RunObserver {
  const rate = createRate();
  const lost = createLostTally();
  let rounds = 0;
  let headline: string | null = null;
  const numbered = (round: number): string =>
    `round ${String(round).padStart(String(rounds).length)}/${rounds}`;
  return {
    started(start) {
      ({ rounds, headline } = start);
      write(describeStart(start));
    },
    ready(openingMs) {
      write(`ready in ${formatDuration(openingMs)}`);
    },
    round(line) {
      const speed = rate.add(line);
      const news = lost.add(line);
      if (line.round % every !== 0 && line.round !== rounds && news.length === 0) return;
      const parts = [
        numbered(line.round),
        ...shownMetrics(shownFields(line), headline, METRICS_SHOWN).map(
          ([name, value]) => `${name} ${formatNumber(value)}`,
        ),
        `${line.accepted}/${line.cohort} clients`,
        `${formatNumber(speed)} clients/s`,
        formatDuration(line.wallMs),
      ];
      write(parts.join('  '));
      for (const each of lostLines(news)) write(each);
    },
    failedRound(line) {
      const news = lost.add(line);
      const [reason = ''] = line.message.replace(/^Cannot finish round \d+: /, '').split('\n');
      write(
        `${numbered(line.round)}  failed  ${line.accepted}/${line.cohort} clients  ${line.code}: ${reason}`,
      );
      for (const each of lostLines(news)) write(each);
    },
    finished(summary) {
      write(describeEnd(summary));
      const total = lost.total();
      if (total !== null) write(total);
    },
  };
}

/** "mnist on threads (2 workers): 100 clients, 20 rounds, seed 1". */
export function describeStart(start: RunStart): string {
  const workers = start.workers === null ? '' : ` (${countOf(start.workers, 'worker')})`;
  return `${start.federation} on ${start.runtime}${workers}: ${countOf(start.population, 'client')}, ${countOf(start.rounds, 'round')}, seed ${start.seed}`;
}

/** "20 rounds in 4.1 s, state 3f2a91…"; "20 rounds, 3 of them failed, in 4.1 s, …". */
export function describeEnd(summary: RunSummary): string {
  const { interrupted, rounds, failedRounds, wallMs, stateHash } = summary;
  const stopped = interrupted ? 'stopped after ' : '';
  const failed = failedRounds === 0 ? '' : `, ${formatNumber(failedRounds)} of them failed,`;
  return `${stopped}${countOf(rounds, 'round')}${failed} in ${formatDuration(wallMs)}, state ${stateHash}`;
}
