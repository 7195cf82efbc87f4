// Asks tables for their summary: two computations, run as any other, of all clients.
import {
  type ColumnSummary,
  histogramQuestion,
  isWithheld,
  summaryQuestion,
  type TableQuestion,
  type TableSummaryOptions,
} from '@starling/analytics';
import { StarlingError } from '@starling/federated-core';
import { everyoneSampler, type Population, type Tables, tablePopulation } from '@starling/population';
import { type Runtime, runRounds } from '@starling/runtime';
import type { TableAnalysis } from '../output/table-analysis.js';

export interface AnalyzeSettings extends TableSummaryOptions {
  /** Asked for once for each question. */
  readonly runtime: () => Promise<Runtime>;
  /** Whether the tables are with the clients alone, and those at hand have columns and names of clients alone. */
  readonly isLive: boolean;
  readonly signal: AbortSignal;
}

/** Throws what a round throws, and where a client's table could not be taken. */
export async function analyzeTables(tables: Tables, settings: AnalyzeSettings): Promise<TableAnalysis> {
  const { runtime, isLive, signal, ...options } = settings;
  const began = performance.now();
  const population = { ...tablePopulation(tables), dataAtHand: !isLive };
  const ask = async (question: TableQuestion): Promise<readonly ColumnSummary[]> =>
    question.read((await answer(question, population, { runtime, signal })) as never);
  const first = summaryQuestion(tables.columns, options);
  const summary = await ask(first);
  const { minClients = 0 } = options;
  const second = histogramQuestion(tables.columns, summary, { minClients });
  const columns = second === null ? summary : await ask(second);
  const asked = [first, ...(second === null ? [] : [second])].map(({ statistics }) => statistics);
  return {
    name: tables.name,
    clients: tables.size,
    rows: countedRows(columns) ?? (isLive ? null : rowsAtHand(tables)),
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
  { runtime, signal }: Pick<AnalyzeSettings, 'runtime' | 'signal'>,
): Promise<unknown> {
  const { metrics, interrupted } = await runRounds({
    computation: statistics.computation,
    population,
    sampler: everyoneSampler(),
    runtime: await runtime(),
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

/** As the clients say; null if that is withheld. */
function countedRows(columns: readonly ColumnSummary[]): number | null {
  for (const { counts } of columns) if (!isWithheld(counts)) return counts.rows;
  return null;
}

function rowsAtHand(tables: Tables): number {
  return Array.from({ length: tables.size }, (_, index) => tables.rowCount(index)).reduce(
    (sum, one) => sum + one,
    0,
  );
}
