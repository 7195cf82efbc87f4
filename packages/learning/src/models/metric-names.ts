// The names of a model's measures. They stand in one record with what an algorithm reports itself, so that a measure of
// the same name would hide one of the two.

/** What algorithms report of every model, by name. */
export const RESERVED_MEASURES: readonly string[] = ['loss', 'examples', 'aggregation'];

/** Throws a `RangeError` where a name is reserved, or stands twice. */
export function checkMeasureNames(model: string, names: readonly string[]): void {
  const bad = names.find((name, index) => RESERVED_MEASURES.includes(name) || names.indexOf(name) !== index);
  if (bad === undefined) return;
  throw new RangeError(
    `Cannot measure ${model}: a measure needs a name of its own other than ${RESERVED_MEASURES.join(', ')}, got '${bad}'`,
  );
}
