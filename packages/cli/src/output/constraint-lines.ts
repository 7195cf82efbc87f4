// What is said of the constraints of a run: of a round, what has changed; at the end, how the last check came out.
import type { ConstraintOutcome, RunSummary } from '@starling/runtime/events';
import { WIDTH, wrapped } from './lost-lines.js';

export interface ConstraintTally {
  /** Lines on those whose outcome is another than in the check before; in the first, on those that do not pass. */
  add(results: readonly ConstraintOutcome[]): readonly string[];
}

export function createConstraintTally(): ConstraintTally {
  let before = new Map<string, ConstraintOutcome['outcome']>();
  return {
    add(results) {
      if (results.length === 0) return [];
      const news = results.filter(({ constraint, outcome, passes }) => {
        const known = before.get(constraint);
        return known === undefined ? !passes : known !== outcome;
      });
      before = new Map(results.map(({ constraint, outcome }) => [constraint, outcome]));
      return news.flatMap((result) => lineOf(result, '  '));
    },
  };
}

/** At the end; nothing of a run without constraints. */
export function constraintLines({ constraints }: RunSummary, width = WIDTH): readonly string[] {
  if (constraints === null) return [];
  const { round, results, otherwise } = constraints;
  if (round === 0) return ['constraints were never checked'];
  const passed = results.filter(({ passes }) => passes).length;
  const warning = passed < results.length && otherwise === 'warn' ? ' (a warning)' : '';
  return [
    `constraints after round ${round}: ${passed} of ${results.length} passed${warning}`,
    ...results.filter(({ passes }) => !passes).flatMap((result) => lineOf(result, '  ', width)),
  ];
}

/** "violated: gap(recall by sex) is 0.2 (male 0.9, female 0.7), needs <= 0.1". */
function lineOf(
  { outcome, reason, constraint }: ConstraintOutcome,
  indent: string,
  width = WIDTH,
): readonly string[] {
  const words = outcome === 'held' ? constraint : reason;
  return wrapped(`${outcome}: ${words}`, width, indent, `${indent}  `);
}
