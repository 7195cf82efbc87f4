// `--out DIR`: the run as files. `metrics.jsonl` grows a line a round; `report.html` is written at the end; the
// round loop keeps its checkpoints in `checkpoints/`.
import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { jsonLines } from '../output/json-lines.js';
import { renderReport } from '../report/report.js';
import type { RoundRecord, RunObserver, RunStart } from './run-record.js';

/** Where the files of a run lie. */
export function outputPaths(directory: string): {
  readonly metrics: string;
  readonly report: string;
  readonly checkpoints: string;
} {
  return {
    metrics: join(directory, 'metrics.jsonl'),
    report: join(directory, 'report.html'),
    checkpoints: join(directory, 'checkpoints'),
  };
}

/** Writes metrics and report into a directory, which it makes; an earlier run's metrics and report are replaced. */
export function outputFolder(directory: string): RunObserver {
  const paths = outputPaths(directory);
  const records: RoundRecord[] = [];
  const pending: string[] = [];
  const lines = jsonLines((line) => pending.push(`${line}\n`));
  const flush = async (): Promise<void> => appendFile(paths.metrics, pending.splice(0).join(''));
  let started: RunStart | undefined;
  return {
    async started(start) {
      started = start;
      await mkdir(directory, { recursive: true });
      await writeFile(paths.metrics, '');
    },
    async round(record) {
      records.push(record);
      await lines.round?.(record);
      await flush();
    },
    async finished(summary) {
      await lines.finished?.(summary);
      await flush();
      if (started !== undefined) await writeFile(paths.report, renderReport(started, records, summary));
    },
  };
}
