// From the round loop's records to this room's: what is shown and kept of a round and of a run.
import { isTensor } from '@starling/federated-core';
import type { RoundRecord as LoopRecord, RunResult } from '@starling/runtime';
import type { RoundRecord, RunStart, RunSummary } from './run-record.js';

export function roundOf({ round, metrics, evaluation, reports, wallMs }: LoopRecord): RoundRecord {
  return {
    round,
    metrics: metricsOf(metrics, evaluation),
    wallMs,
    accepted: reports.filter(({ status }) => status === 'accepted').length,
    cohort: reports.length,
  };
}

export function summaryOf(start: RunStart, result: RunResult): RunSummary {
  const { rounds, metrics, evaluation, stateHash, wallMs, interrupted } = result;
  return { start, rounds, metrics: metricsOf(metrics, evaluation), stateHash, wallMs, interrupted };
}

/** A struct's fields as they are, any other value under `value`; and `evaluation` where the round was evaluated. */
export function metricsOf(metrics: unknown, evaluation: unknown): Readonly<Record<string, unknown>> {
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
