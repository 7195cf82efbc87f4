// What is said of a run in one line, in whatever way it is shown: how it starts, a round's metrics, how it ends.
import type { RoundLine, RunStart, RunSummary } from '@starling/runtime/events';
import { shownFields } from '@starling/runtime/events';
import { shownMetrics } from './metrics.js';
import { countOf, formatDuration, formatNumber } from './numbers.js';

/** More metrics than these make a line that wraps. */
const METRICS_SHOWN = 3;

/** "loss 0.25", the headline's first. */
export function describeMetrics(line: RoundLine, headline: string | null): readonly string[] {
  return shownMetrics(shownFields(line), headline, METRICS_SHOWN).map(
    ([name, value]) => `${name} ${formatNumber(value)}`,
  );
}

/** "mnist on threads (2 workers): 100 clients, 20 rounds, seed 1". */
export function describeStart(start: RunStart): string {
  const workers = start.workers === null ? '' : ` (${countOf(start.workers, 'worker')})`;
  return `${start.federation} on ${start.runtime}${workers}: ${countOf(start.population, 'client')}, ${countOf(start.rounds, 'round')}, seed ${start.seed}`;
}

/** "evaluated every 5 rounds on 20 clients", and whether the server sees single clients; `null` if it is not. */
export function describeEvaluation({ evaluation }: RunStart): string | null {
  if (evaluation === null) return null;
  const { every, clients, revealing } = evaluation;
  const when = every === 1 ? 'every round' : `every ${formatNumber(every)} rounds`;
  const where = clients === null ? 'at the server' : `on ${countOf(clients, 'client')}`;
  return `evaluated ${when} ${where}${revealing ? '; revealing: the server sees what single clients find' : ''}`;
}

/** Why a run ended early, and which state was the best: nothing, if neither is told. */
export function describeBest({ start, rounds, stopped, best }: RunSummary): readonly string[] {
  const metric = start.bestBy ?? 'its metric';
  const why = {
    target: `${metric} has reached its target`,
    patience: `${metric} gets no better`,
    constraint: 'a constraint does not hold',
  };
  return [
    ...(stopped === null ? [] : [`ended early, after ${countOf(rounds, 'round')}: ${why[stopped]}`]),
    ...(best === null
      ? []
      : [`best: ${metric} ${formatNumber(best.value)}, after round ${formatNumber(best.round)}`]),
  ];
}

/** "20 rounds in 4.1 s, state 3f2a91…"; "20 rounds, 3 attempts failed, in 4.1 s, …". */
export function describeEnd(summary: RunSummary): string {
  const { interrupted, rounds, failedRounds, wallMs, stateHash } = summary;
  const stopped = interrupted ? 'stopped after ' : '';
  const failed = failedRounds === 0 ? '' : `, ${countOf(failedRounds, 'attempt')} failed,`;
  return `${stopped}${countOf(rounds, 'round')}${failed} in ${formatDuration(wallMs)}, state ${stateHash}`;
}
