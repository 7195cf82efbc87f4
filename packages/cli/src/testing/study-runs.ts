// Runs of a study for tests of what shows it.
import type { RecordLine } from '@starling/runtime/events';
import type { StudyRun } from '../study/summary.js';
import { doneLine, roundLine, runLine } from './lines.js';

/** A run of one line a value, in which a client receives 100 bytes and sends 10. */
export function studyRun(
  varied: Readonly<Record<string, string>>,
  seed: number,
  values: readonly (number | string)[],
  of: Partial<StudyRun> = {},
): StudyRun {
  const name = [...Object.entries(varied), ['seed', seed]].map((pair) => pair.join('=')).join(',');
  const rounds = values.map((value, index) => ({
    ...roundLine,
    round: index + 1,
    metrics: { accuracy: value },
  }));
  const record: RecordLine[] = [
    { ...runLine, seed, headline: 'accuracy', rounds: values.length, bytes: { down: 100, up: 10 } },
    ...rounds,
    { ...doneLine, rounds: values.length },
  ];
  const run = { name, varied, settings: varied, seed, rounds: null, outcome: 'done', reason: null } as const;
  return { ...run, directory: `runs/${name}`, record, ...of };
}
