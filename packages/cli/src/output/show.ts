// How a run is shown: the choice between JSON lines, a bar and plain lines, made once for all commands.
import type { RunObserver, RunSummary } from '@starling/runtime/events';
import { jsonLines } from './json-lines.js';
import { plainLines } from './plain-lines.js';
import { printLine } from './print.js';
import { withProgress } from './progress-bar.js';

/** JSON lines when asked for, a bar on a terminal, plain lines elsewhere, one `every` so many rounds. */
export function show(
  title: string,
  run: (observer: RunObserver) => Promise<RunSummary>,
  { json = false, every = 1 }: { readonly json?: boolean; readonly every?: number } = {},
): Promise<RunSummary> {
  if (json) return run(jsonLines(printLine));
  return process.stdout.isTTY ? withProgress(title, run) : run(plainLines(printLine, every));
}
