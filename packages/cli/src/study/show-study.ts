// How a study is shown: a table on a terminal, plain lines elsewhere, JSON lines when they are asked for; and at its
// end what it has found.
import { Listr, type ListrTaskWrapper } from 'listr2';
import { printLine } from '../output/print.js';
import type { StudyObserver } from './conduct-study.js';
import type { StudyResult } from './run-study.js';
import { StudyProgress } from './study-progress.js';
import { runJson, studyJson } from './study-tables.js';
import { describeRun, describeStudy, formatCells, formatFailures, progressTable } from './study-text.js';
import type { Target } from './target.js';

/** From one drawing of the table to the next, at least. */
const DRAW_MS = 100;

export async function showStudy(
  run: (observer: StudyObserver) => Promise<StudyResult>,
  { json, target }: { readonly json: boolean; readonly target: Target | null },
): Promise<StudyResult> {
  if (json) {
    const result = await run({ runEnded: (each) => printLine(JSON.stringify(runJson(each))) });
    printLine(JSON.stringify(studyJson(result.cells, result.report)));
    return result;
  }
  const result = process.stdout.isTTY ? await withTable(run) : await run(plainStudy(printLine));
  for (const line of endLines(result, target)) printLine(line);
  return result;
}

/** A line of the study, and one of each run as it ends. */
function plainStudy(write: (line: string) => void): StudyObserver {
  const progress = new StudyProgress();
  return progress.observer({
    started: (plan) => write(describeStudy(plan)),
    runEnded: (run) => write(describeRun(run, progress.ended.length, progress.plan?.points.length ?? 0)),
  });
}

function endLines(
  { cells, runs, headline, report, interrupted }: StudyResult,
  target: Target | null,
): string[] {
  const left = runs.filter(({ outcome }) => outcome === 'stopped').length;
  return [
    '',
    formatCells(cells, headline, target),
    '',
    ...formatFailures(runs),
    ...(interrupted ? [`stopped with ${left} of ${runs.length} runs left; the same command continues`] : []),
    `report: ${report}`,
  ];
}

/** The table is drawn anew when something has happened, and each second. */
async function withTable(run: (observer: StudyObserver) => Promise<StudyResult>): Promise<StudyResult> {
  const progress = new StudyProgress();
  const began = performance.now();
  let result: StudyResult | undefined;
  const listr = new Listr(
    [
      {
        title: 'study',
        rendererOptions: { persistentOutput: false },
        task: async (_context: unknown, task: ListrTaskWrapper<unknown, never, never>) => {
          let drawnAt = 0;
          const draw = (): void => {
            const now = performance.now();
            if (now - drawnAt < DRAW_MS) return;
            drawnAt = now;
            task.output = progressTable(progress, now - began);
          };
          const timer = setInterval(draw, 1000);
          try {
            result = await run(
              progress.observer({
                started(plan) {
                  task.title = describeStudy(plan);
                },
                runStarted: draw,
                runReady: draw,
                round: draw,
                runEnded: draw,
              }),
            );
          } finally {
            clearInterval(timer);
          }
        },
      },
    ],
    { renderer: 'default', registerSignalListeners: false, rendererOptions: { showErrorMessage: false } },
  );
  await listr.run();
  if (result === undefined) throw new Error('Cannot finish a study: its task gave no result');
  return result;
}
