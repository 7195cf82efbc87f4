// The names of a model's metrics. They stand in one record with what an algorithm reports itself, so that a metric of
// the same name would hide one of the two.
import { optionError } from '@starling/federated-core/plan';

/** What algorithms report of every model, by name. */
export const RESERVED_METRICS: readonly string[] = ['loss', 'examples', 'aggregation'];

/** Throws a `RangeError` if a name is reserved, or stands twice. */
export function checkMetricNames(model: string, names: readonly string[]): void {
  const bad = names.find((name, index) => RESERVED_METRICS.includes(name) || names.indexOf(name) !== index);
  if (bad === undefined) return;
  throw optionError(
    `Cannot measure ${model}: a metric needs a name of its own other than ${RESERVED_METRICS.join(', ')}, got '${bad}'`,
  );
}
