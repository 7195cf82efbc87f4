// The settings of a run as text that differs wherever they do: what a store holds of them, and two runs are
// compared by. JSON would not do, since NaN, an infinity and null are one to it, and so are all Maps.
import { StarlingError } from '@starling/federated-core';
import type { PlainObject } from '@starling/store';

/**
 * Objects stay objects, so that a difference has a path; all else becomes text as in code: `40`, `"adam"`, `-0`, `NaN`,
 * `1n`, `null`, `[1,{"a":2}]`, `Float32Array[0.5]`. A field that is undefined counts as missing, and the order of
 * fields does not count. Throws a `StarlingError` (`bad-run`) for what is no plain data: functions, symbols, objects of
 * a class (such as Map, Set, Date and RegExp), and circles.
 */
export function canonicalSettings(settings: Readonly<Record<string, unknown>>): PlainObject {
  return canonicalObject(settings, 'settings', []);
}

function canonicalObject(value: object, path: string, around: readonly object[]): PlainObject {
  return Object.fromEntries(
    fieldsOf(value, path, around).map(([name, field]) => {
      const at = `${path}.${name}`;
      const isRecord = typeof field === 'object' && field !== null && isPlainObject(field);
      return [
        name,
        isRecord ? canonicalObject(field, at, [...around, value]) : textOf(field, at, [...around, value]),
      ];
    }),
  );
}

function textOf(value: unknown, path: string, around: readonly object[]): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value);
    case 'number':
      return Object.is(value, -0) ? '-0' : String(value);
    case 'bigint':
      return `${value}n`;
    case 'boolean':
    case 'undefined':
      return String(value);
    case 'object':
      return value === null ? 'null' : textOfObject(value, path, around);
    default:
      throw notPlain(path, `a ${typeof value}`);
  }
}

function textOfObject(value: object, path: string, around: readonly object[]): string {
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
    const numbers = Array.from(value as unknown as ArrayLike<number | bigint>, (one) =>
      textOf(one, path, []),
    );
    return `${tagOf(value)}[${numbers.join(',')}]`;
  }
  if (Array.isArray(value)) {
    checkCircle(value, path, around);
    const inside = [...around, value];
    return `[${Array.from(value, (one, index) => textOf(one, `${path}[${index}]`, inside)).join(',')}]`;
  }
  if (!isPlainObject(value)) throw notPlain(path, `a ${tagOf(value)}`);
  const fields = fieldsOf(value, path, around)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(
      ([name, field]) => `${JSON.stringify(name)}:${textOf(field, `${path}.${name}`, [...around, value])}`,
    );
  return `{${fields.join(',')}}`;
}

function fieldsOf(value: object, path: string, around: readonly object[]): [string, unknown][] {
  checkCircle(value, path, around);
  if (Object.getOwnPropertySymbols(value).length > 0) throw notPlain(path, 'a field named by a symbol');
  return Object.entries(value).filter(([, field]) => field !== undefined);
}

function checkCircle(value: object, path: string, around: readonly object[]): void {
  if (around.includes(value)) throw notPlain(path, 'an object that it is in itself');
}

function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return !Array.isArray(value) && (prototype === Object.prototype || prototype === null);
}

/** Such as `Map`: also of a class that extends it, and of another realm. */
function tagOf(value: object): string {
  const tag = Object.prototype.toString.call(value).slice('[object '.length, -1);
  return tag === 'Object' ? (value.constructor?.name ?? tag) : tag;
}

function notPlain(path: string, got: string): StarlingError {
  return new StarlingError(
    'bad-run',
    `Cannot identify a run by its settings: ${path} must be plain data (numbers, bigints, text, booleans, null, arrays, typed arrays, plain objects), got ${got}`,
  );
}
