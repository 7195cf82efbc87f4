// Metrics as people read them: those of a round's line, which are JSON, as a flat list of named numbers.

/** A metric's dotted name and its value, such as `['training.loss', 0.31]`. */
export type NamedNumber = readonly [name: string, value: number];

/** What JSON has no number for: NaN and infinities, and integers past 2^53. */
const NUMBER_AS_TEXT = /^(?:NaN|-?Infinity|-?\d{16,19})$/;

/**
 * The scalar numbers of a round's metrics, by dotted name, in the order of their fields; a lone number is `value`.
 * Those that are text in JSON are numbers again.
 */
export function namedNumbers(value: unknown, prefix = ''): readonly NamedNumber[] {
  const name = prefix === '' ? 'value' : prefix;
  if (typeof value === 'number' || typeof value === 'boolean') return [[name, Number(value)]];
  if (typeof value === 'string') return NUMBER_AS_TEXT.test(value) ? [[name, Number(value)]] : [];
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return [];
  return Object.entries(value).flatMap(([field, inner]) =>
    namedNumbers(inner, prefix === '' ? field : `${prefix}.${field}`),
  );
}

/** The metrics that fit on a line: the headline first, then the others in their order, `count` in all. */
export function shownMetrics(
  metrics: unknown,
  headline: string | null,
  count: number,
): readonly NamedNumber[] {
  const all = namedNumbers(metrics);
  const first = all.filter(([name]) => name === headline);
  const others = all.filter(([name]) => name !== headline);
  return [...first, ...others].slice(0, count);
}
