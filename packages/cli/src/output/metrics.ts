// Metrics as people and files read them: a round's metrics are any host value; here they become plain JSON and a
// flat list of named numbers.
import { isTensor } from '@starling/federated-core/plan';

/** A metric's dotted name and its value, such as `['training.loss', 0.31]`. */
export type NamedNumber = readonly [name: string, value: number];

/** A host value as JSON can carry it: tensors become nested arrays, 64-bit integers numbers or, past 2^53, text. */
export function toJson(value: unknown): unknown {
  if (typeof value === 'bigint') {
    return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
  }
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  if (value === null || value === undefined) return null;
  if (typeof value !== 'object') return value;
  if (isTensor(value)) return nest(Array.from(value.data as ArrayLike<unknown>, toJson), value.shape);
  if (Array.isArray(value)) return value.map(toJson);
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, toJson(field)]));
}

/** The scalar numbers in a host value, by dotted name, in the order of its fields; a lone number is `value`. */
export function namedNumbers(value: unknown, prefix = ''): readonly NamedNumber[] {
  const name = prefix === '' ? 'value' : prefix;
  if (typeof value === 'number') return [[name, value]];
  if (typeof value === 'boolean' || typeof value === 'bigint') return [[name, Number(value)]];
  if (value === null || typeof value !== 'object') return [];
  if (isTensor(value)) {
    return value.shape.length === 0 ? namedNumbers(value.data[0], prefix) : [];
  }
  if (Array.isArray(value)) return [];
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

/** A number with about four significant digits: `0.3125`, `1,240`, `1.2e-7`. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (Number.isInteger(value) && Math.abs(value) < 1e9) return value.toLocaleString('en-US');
  const size = Math.abs(value);
  if (size >= 1e9 || size < 1e-4) return value.toExponential(2);
  if (size >= 1000) return Math.round(value).toLocaleString('en-US');
  return String(Number(value.toPrecision(4)));
}

/** `1 round`, `1,240 clients`. */
export function countOf(count: number, noun: string): string {
  return `${formatNumber(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** Milliseconds as `480 ms`, `3.2 s` or `2 min 5 s`. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

function nest(flat: readonly unknown[], shape: readonly number[]): unknown {
  if (shape.length === 0) return flat[0];
  const [length = 0, ...inner] = shape;
  const stride = inner.reduce((product, dimension) => product * dimension, 1);
  return Array.from({ length }, (_, index) => nest(flat.slice(index * stride, (index + 1) * stride), inner));
}
