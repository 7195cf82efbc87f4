// What a study leaves for other programs: all rounds of all runs as one CSV, and what it has found as plain data.
import { type Cell, csvOf, roundRows } from '../kept/record-csv.js';
import type { StudyCell, StudyRun } from './summary.js';

/** A row a round: what is varied, the seed, and what the run tells of the round. */
export function roundsCsv(runs: readonly StudyRun[]): string {
  return csvOf(
    runs.flatMap(({ varied, seed, record }) =>
      roundRows(record).map(
        (row) => new Map<string, Cell>([...Object.entries(varied), ['seed', seed], ...row]),
      ),
    ),
  );
}

/** Of `--json`: a line of a run that has ended. */
export function runJson(run: StudyRun): object {
  const { name, varied, seed, outcome, reason, directory, record } = run;
  const last = record.at(-1);
  return {
    type: 'study-run',
    run: name,
    varied,
    seed,
    outcome,
    reason,
    directory,
    rounds: record.filter((line) => line.type === 'round').length,
    stateHash: last?.type === 'done' ? last.stateHash : null,
  };
}

/** Of `--json`: the last line, with what the study has found. */
export function studyJson(cells: readonly StudyCell[], report: string): object {
  return {
    type: 'study',
    report,
    cells: cells.map(({ varied, runs, done, finals, rounds, target }) => ({
      varied,
      runs: runs.length,
      done,
      finals: Object.fromEntries(finals),
      rounds,
      ...(target !== null && { target }),
    })),
  };
}
