// Asks tables for their summary: two computations, run as any other, of all clients.
import { availableParallelism } from 'node:os';
import {
  type ColumnSummary,
  histogramQuestion,
  summaryQuestion,
  type TableQuestion,
  type TableSummaryOptions,
} from '@starling/analytics';
import { StarlingError } from '@starling/federated-core';
import { everyoneSampler, type Population, type Tables, tablePopulation } from '@starling/population';
import { inProcessRuntime, runRounds, threadsRuntime } from '@starling/runtime';
import type { TableAnalysis } from '../output/table-analysis.js';
import { trackThread } from './worker-threads.js';

export interface AnalyzeSettings extends TableSummaryOptions {
  readonly runtime: 'in-process' | 'threads';
  readonly workers?: number;
  readonly signal: AbortSignal;
}

/** Throws what a round throws, and where a client's table could not be taken. */
export async function analyzeTables(tables: Tables, settings: AnalyzeSettings): Promise<TableAnalysis> {
  const { runtime, workers = availableParallelism(), signal, ...options } = settings;
  const began = performance.now();
  const population = tablePopulation(tables);
  const ask = async (question: TableQuestion): Promise<readonly ColumnSummary[]> =>
    question.read((await answer(question, population, { runtime, workers, signal })) as never);
  const first = summaryQuestion(tables.columns, options);
  const summary = await ask(first);
  const { minClients = 0 } = options;
  const second = histogramQuestion(tables.columns, summary, { minClients });
  const columns = second === null ? summary : await ask(second);
  const asked = [first, ...(second === null ? [] : [second])].map(({ statistics }) => statistics);
  return {
    name: tables.name,
    clients: tables.size,
    rows: Array.from({ length: tables.size }, (_, index) => tables.rowCount(index)).reduce(
      (sum, one) => sum + one,
      0,
    ),
    columns,
    phases: asked.reduce((sum, { phases }) => sum + phases, 0),
    bytesPerClient: asked.reduce((sum, { bytesPerClient }) => sum + bytesPerClient, 0),
    minClients,
    wallMs: performance.now() - began,
  };
}

async function answer(
  { statistics }: TableQuestion,
  population: Population,
  { runtime, workers, signal }: Required<Pick<AnalyzeSettings, 'runtime' | 'workers' | 'signal'>>,
): Promise<unknown> {
  const { metrics, interrupted } = await runRounds({
    computation: statistics.computation,
    population,
    sampler: everyoneSampler(),
    runtime:
      runtime === 'threads' ? threadsRuntime({ workers, onWorkerStart: trackThread }) : inProcessRuntime(),
    rounds: 1,
    seed: 1,
    // A client that is missing would be missing in one count and not in another.
    minReports: population.size,
    maxAttempts: 1,
    signal,
  });
  if (interrupted || metrics === null)
    throw new StarlingError('closed', 'Cannot analyze: the run was stopped');
  return metrics;
}
