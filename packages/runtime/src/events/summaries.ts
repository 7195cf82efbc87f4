// From the round loop's records to the events of a run: what is shown and kept of a round and of a run.
import { isTensor } from '@starling/federated-core/plan';
import type { RoundRecord, RunResult } from '../rounds/run-options.js';
import type { RoundSummary, RunStart, RunSummary } from './run-events.js';

export function roundSummary({ round, metrics, evaluation, reports, wallMs }: RoundRecord): RoundSummary {
  return {
    round,
    metrics: namedMetrics(metrics, evaluation),
    wallMs,
    accepted: reports.filter(({ status }) => status === 'accepted').length,
    cohort: reports.length,
  };
}

export function runSummary(start: RunStart, result: RunResult): RunSummary {
  const { rounds, metrics, evaluation, stateHash, wallMs, interrupted } = result;
  return { start, rounds, metrics: namedMetrics(metrics, evaluation), stateHash, wallMs, interrupted };
}

/** A struct's fields as they are, any other value under `value`; and `evaluation` where the round was evaluated. */
export function namedMetrics(metrics: unknown, evaluation: unknown): Readonly<Record<string, unknown>> {
  const fields = isStruct(metrics)
    ? metrics
    : metrics === null || metrics === undefined
      ? {}
      : { value: metrics };
  return evaluation === null || evaluation === undefined ? fields : { ...fields, evaluation };
}

function isStruct(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isTensor(value);
}
