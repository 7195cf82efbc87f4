// What is shown of a run once it is over, and of the metrics of a round.
import { toJson } from '../record/json-value.js';
import { namedMetrics } from '../record/lines.js';
import type { RoundLine } from '../record/record-line.js';
import type { RunResult } from '../rounds/run-options.js';
import type { RunStart, RunSummary } from './run-events.js';

export function runSummary(start: RunStart, result: RunResult): RunSummary {
  const { rounds, failedRounds, metrics, evaluation, stateHash, wallMs, interrupted, stopped, constraints } =
    result;
  const shown = shownFields({
    metrics: namedMetrics(metrics),
    ...(evaluation !== null && { evaluation: toJson(evaluation) }),
  });
  const best = result.best === null ? null : { round: result.best.round, value: result.best.value };
  return {
    start,
    rounds,
    failedRounds,
    metrics: shown,
    stateHash,
    wallMs,
    interrupted,
    stopped,
    best,
    constraints,
  };
}

/** All that a line tells of a round's metrics as one object, for those who show it: an evaluation is its last field. */
export function shownFields(line: Pick<RoundLine, 'metrics' | 'evaluation'>): RoundLine['metrics'] {
  const { metrics, evaluation } = line;
  return evaluation === undefined ? metrics : { ...metrics, evaluation };
}
