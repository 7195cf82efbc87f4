// A headline that names no metric would be shown nowhere, and nobody told: it is compared with what the first rounds
// report.
import { didYouMean, warnOnce } from '@starling/federated-core/plan';
import { allNumbers, isOfEvaluation, type Measured } from './best-rule.js';
import type { RunOptions } from './run-options.js';

/**
 * Warns if the headline of a run names none of the numbers of a round. Gives whether it is known: the headline of an
 * evaluation is, once a round is evaluated.
 */
export function checkHeadline(
  { headline, about, evaluation }: Pick<RunOptions, 'headline' | 'about' | 'evaluation'>,
  measured: Measured,
): boolean {
  const metric = about?.headline ?? headline;
  if (metric === undefined) return true;
  const isEvaluated = measured.evaluation !== undefined && measured.evaluation !== null;
  if (isOfEvaluation({ metric }) && !isEvaluated && evaluation !== undefined) return false;
  const names = [...allNumbers(measured).keys()];
  if (!names.includes(metric)) {
    const there = names.length === 0 ? 'no numbers' : names.join(', ');
    warnOnce(
      `headline must name a metric of the run, of which there are ${there}, got '${metric}'${didYouMean(metric, names)}`,
    );
  }
  return true;
}
