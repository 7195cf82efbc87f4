// `--json`: the record of the run on stdout, one JSON object a line, and nothing else there.
import type { RunObserver } from '@starling/runtime/events';

/** The lines that docs/record.md shows, from `run` to `done` or `failed`: as `metrics.jsonl` holds them. */
export function jsonLines(write: (line: string) => void): RunObserver {
  return { record: (line) => write(JSON.stringify(line)) };
}
