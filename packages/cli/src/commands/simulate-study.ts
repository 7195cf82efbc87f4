// `starling simulate <federation> --sweep …`: every combination as a run of its own.
import { exitCodes } from '../errors/exit-codes.js';
import { exitAfter, withInterrupt } from '../run/interrupt.js';
import { runStudyOf, type StudySettings } from '../study/run-study.js';
import { showStudy } from '../study/show-study.js';

export async function simulateStudy(study: StudySettings, json: boolean): Promise<void> {
  const { runs, interrupted } = await withInterrupt((signal) =>
    showStudy((observer) => runStudyOf(study, observer, signal), { json, target: study.target }),
  );
  if (runs.some(({ outcome }) => outcome === 'failed')) process.exitCode = exitCodes.failure;
  exitAfter({ interrupted });
}
