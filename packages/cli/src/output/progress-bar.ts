// The progress bar of a terminal: a listr2 task whose line shows round, metrics and clients a second.

import type { RunObserver } from '@starling/runtime/events';
import { Listr, type ListrTaskWrapper } from 'listr2';
import { formatDuration, formatNumber, shownMetrics } from './metrics.js';
import { describeEnd, describeStart, METRICS_SHOWN } from './plain-lines.js';
import { createRate } from './rate.js';

const BAR_CELLS = 24;

/** The part of a listr2 task that a bar writes to. */
interface TaskLine {
  title: string;
  output: string;
}

export function progressBar(task: TaskLine): RunObserver {
  const rate = createRate();
  let rounds = 0;
  let headline: string | null = null;
  let title = task.title;
  return {
    started(start) {
      ({ rounds, headline } = start);
      title = describeStart(start);
      task.title = title;
      task.output = `${barLine(0, rounds, BAR_CELLS)} starting`;
    },
    ready(openingMs) {
      task.output = `${barLine(0, rounds, BAR_CELLS)} ready in ${formatDuration(openingMs)}`;
    },
    round(record) {
      const metrics = shownMetrics(record.metrics, headline, METRICS_SHOWN).map(
        ([name, value]) => `${name} ${formatNumber(value)}`,
      );
      const speed = `${formatNumber(rate.add(record))} clients/s`;
      task.output = [
        barLine(record.round, rounds, BAR_CELLS),
        `${record.round}/${rounds}`,
        ...metrics,
        speed,
        formatDuration(record.wallMs),
      ].join('  ');
    },
    finished(summary) {
      task.title = `${title}: ${describeEnd(summary)}`;
    },
  };
}

/** `██░░░░░░`: `done` of `total` over `cells` characters. */
export function barLine(done: number, total: number, cells: number): string {
  const filled = total > 0 ? Math.min(cells, Math.floor((done / total) * cells)) : 0;
  return '█'.repeat(filled) + '░'.repeat(cells - filled);
}

/** Runs one step under a bar, and gives what it gave. */
export async function withProgress<T>(
  title: string,
  step: (observer: RunObserver) => Promise<T>,
): Promise<T> {
  let result: { readonly value: T } | undefined;
  const listr = new Listr(
    [
      {
        title,
        rendererOptions: { persistentOutput: true },
        task: async (_context: unknown, task: ListrTaskWrapper<unknown, never, never>) => {
          result = { value: await step(progressBar(task)) };
        },
      },
    ],
    { renderer: 'default', registerSignalListeners: false, rendererOptions: { showErrorMessage: false } },
  );
  await listr.run();
  if (result === undefined) throw new Error(`Cannot finish '${title}': its task gave no result`);
  return result.value;
}
