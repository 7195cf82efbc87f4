// Host values as JSON can carry them, the same wherever a run is kept or printed.
import { isTensor } from '@starling/federated-core/plan';

/** What JSON holds. */
export type JsonValue = string | number | boolean | null | JsonValue[] | { [name: string]: JsonValue };

/**
 * Tensors and typed arrays become (nested) arrays, numbers that are not finite text (`NaN`, `Infinity`, `-Infinity`),
 * 64-bit integers numbers or, past 2^53, text.
 */
export function toJson(value: unknown): JsonValue {
  if (typeof value === 'bigint') {
    return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
  }
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (value === null || typeof value !== 'object') return null;
  if (isTensor(value)) return nest(Array.from(value.data as ArrayLike<unknown>, toJson), value.shape);
  if (Array.isArray(value)) return value.map(toJson);
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as ArrayLike<unknown>, toJson);
  return jsonFields(value as Readonly<Record<string, unknown>>);
}

/** The fields of an object; those that are undefined are left out, as JSON does. */
export function jsonFields(value: Readonly<Record<string, unknown>>): { [name: string]: JsonValue } {
  const fields: { [name: string]: JsonValue } = {};
  for (const [name, field] of Object.entries(value)) if (field !== undefined) fields[name] = toJson(field);
  return fields;
}

function nest(flat: readonly JsonValue[], shape: readonly number[]): JsonValue {
  if (shape.length === 0) return flat[0]!;
  const [length = 0, ...inner] = shape;
  const stride = inner.reduce((product, dimension) => product * dimension, 1);
  return Array.from({ length }, (_, index) => nest(flat.slice(index * stride, (index + 1) * stride), inner));
}
