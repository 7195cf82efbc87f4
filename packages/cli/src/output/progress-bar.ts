// The progress bar of a terminal: a listr2 task whose line shows round, metrics and clients a second, and below it who
// is missing, for all rounds so far.

import type { RoundLine, RunObserver } from '@starling/runtime/events';
import { Listr, type ListrTaskWrapper } from 'listr2';
import { constraintLines } from './constraint-lines.js';
import { faultsOfFailed, linesOfAllFaults, totalFaults } from './fault-lines.js';
import { createLostTally, lostLines } from './lost-lines.js';
import { formatDuration, formatNumber } from './numbers.js';
import { createRate } from './rate.js';
import { describeBest, describeEnd, describeMetrics, describeStart } from './run-words.js';
import { addStep, meanStaleness, NO_STEPS, stepLines } from './step-lines.js';

const BAR_CELLS = 24;
/** Characters a line: a terminal of 80 without the bar's own indent. */
const WIDTH = 76;

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
  let line = '';
  let below: readonly string[] = [];
  const lost = createLostTally();
  let faults: Pick<RoundLine, 'faults' | 'virtualMs'> = {};
  let steps = NO_STEPS;
  /** The first round of this start. */
  let first: number | null = null;
  const showLost = (advice: boolean): void => {
    below = [lost.total() ?? [], lostLines(lost.groups, { width: WIDTH, advice })].flat();
  };
  const draw = (): void => {
    const told = linesOfAllFaults(faults, first ?? 1, WIDTH);
    task.output = [line, ...told, ...below].join('\n');
  };
  return {
    started(start) {
      ({ rounds, headline } = start);
      title = describeStart(start);
      task.title = title;
      line = `${barLine(0, rounds, BAR_CELLS)} starting`;
      draw();
    },
    ready(openingMs) {
      line = `${barLine(0, rounds, BAR_CELLS)} ready in ${formatDuration(openingMs)}`;
      draw();
    },
    round(record) {
      first ??= record.round;
      const speed = `${formatNumber(rate.add(record))} clients/s`;
      line = [
        barLine(record.round, rounds, BAR_CELLS),
        `${record.round}/${rounds}`,
        ...describeMetrics(record, headline),
        ...meanStaleness(record),
        speed,
        formatDuration(record.wallMs),
      ].join('  ');
      faults = totalFaults([faults, record]);
      steps = addStep(steps, record);
      lost.add(record);
      if (record.evaluated !== undefined) lost.add(record.evaluated);
      if (lost.groups.length > 0) showLost(false);
      draw();
    },
    failedRound(failed) {
      first ??= failed.round;
      line = `${barLine(failed.round, rounds, BAR_CELLS)}  ${failed.round}/${rounds}  failed: ${failed.code}`;
      faults = totalFaults([faults, faultsOfFailed(failed)]);
      lost.add(failed);
      showLost(false);
      draw();
    },
    finished(summary) {
      if (lost.groups.length > 0) showLost(faults.faults === undefined);
      draw();
      const ends = [
        ...describeBest(summary),
        ...constraintLines(summary, WIDTH),
        ...stepLines(steps, first ?? 1),
      ];
      task.title = [`${title}: ${describeEnd(summary)}`, ...ends].join('\n');
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
