// `--json`: one JSON object a line on stdout and nothing else there.
import type { RunObserver } from '@starling/runtime/events';
import { toJson } from './metrics.js';

/** `{"type":"round",…}` for each round and `{"type":"summary",…}` at the end. */
export function jsonLines(write: (line: string) => void): RunObserver {
  return {
    round({ round, metrics, wallMs }) {
      write(JSON.stringify({ type: 'round', round, metrics: toJson(metrics), wallMs: roundMs(wallMs) }));
    },
    finished({ rounds, metrics, stateHash, wallMs }) {
      write(
        JSON.stringify({
          type: 'summary',
          rounds,
          metrics: toJson(metrics),
          stateHash,
          wallMs: roundMs(wallMs),
        }),
      );
    },
  };
}

/** Microseconds are noise to a reader of logs. */
function roundMs(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
