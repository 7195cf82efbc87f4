// `--out DIR`: the run as files. The round loop commits checkpoints and `metrics.jsonl` there; the report is made at
// the end from this run's rounds and, after a resume, those that `metrics.jsonl` already holds.
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RoundSummary, RunObserver } from '@starling/runtime/events';
import { namedMetrics } from '@starling/runtime/events';
import { UsageError } from '../errors/usage-error.js';
import { renderReport } from '../report/report.js';

const METRICS = 'metrics.jsonl';
const REPORT = 'report.html';
const CHECKPOINT = /^round-\d+\.safetensors(\.partial)?$/;

export function reportPath(directory: string): string {
  return join(directory, REPORT);
}

/** Throws a `UsageError` if the directory holds an earlier run's checkpoints: they are not overwritten unasked. */
export function requireFresh(directory: string): void {
  if (!holdsCheckpoints(directory)) return;
  throw new UsageError(
    `Cannot start a run in ${directory}: need a directory without checkpoints, got those of an earlier run; add --resume to continue with it`,
  );
}

/** Deletes what an earlier run wrote, and nothing else. */
export async function clearRun(directory: string): Promise<void> {
  if (!existsSync(directory)) return;
  for (const name of readdirSync(directory)) {
    if (name === METRICS || name === REPORT || CHECKPOINT.test(name)) await rm(join(directory, name));
  }
}

/** Writes the report when the run ends, in a directory that it makes. */
export function outputFolder(directory: string): RunObserver {
  const records: RoundSummary[] = [];
  return {
    async started() {
      await mkdir(directory, { recursive: true });
      if (holdsCheckpoints(directory)) records.push(...(await earlierRounds(join(directory, METRICS))));
    },
    round(record) {
      while ((records.at(-1)?.round ?? 0) >= record.round) records.pop();
      records.push(record);
    },
    async finished(summary) {
      await writeFile(join(directory, REPORT), renderReport(records, summary));
    },
  };
}

function holdsCheckpoints(directory: string): boolean {
  return existsSync(directory) && readdirSync(directory).some((name) => CHECKPOINT.test(name));
}

/** Rounds that were run before a resume; how many clients took part is not kept. */
async function earlierRounds(path: string): Promise<readonly RoundSummary[]> {
  if (!existsSync(path)) return [];
  const lines = (await readFile(path, 'utf8')).split('\n').filter((line) => line.endsWith('}'));
  return lines.map((line) => {
    const row = JSON.parse(line) as {
      readonly round: number;
      readonly metrics: unknown;
      readonly evaluation?: unknown;
      readonly wallMs: number;
    };
    return {
      round: row.round,
      metrics: namedMetrics(row.metrics, row.evaluation),
      wallMs: row.wallMs,
      accepted: 0,
      cohort: 0,
    };
  });
}
