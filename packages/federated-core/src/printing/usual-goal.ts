// Which values of a metric are better, by its name: for those that choose the best state of a run, and for limits that
// a model must hold.

/** Ends of names of which less is better, wherever they stand in a dotted name. */
const LOWER = /(?:loss|error|perplexity|deviation|variance)$/i;
/** Ends of dotted names of which more is better. */
const HIGHER = /(?:accuracy|precision|recall|score|f1|auc|areaUnderCurve|concordanceIndex)$/i;

/** What is better of the metric by this dotted name, such as `evaluation.loss`; `null` if its name does not say. */
export function usualGoal(metric: string): 'highest' | 'lowest' | null {
  if (metric.split('.').some((name) => LOWER.test(name))) return 'lowest';
  return HIGHER.test(metric) ? 'highest' : null;
}
