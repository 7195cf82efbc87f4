// The faults of tables that readers of all formats find.
import { keyCode, textCode } from './code-text.js';
import { FileError, type FilePlace, quoted } from './file-error.js';

/** `count` values of the column are missing, this one first. */
export function missingValue(place: FilePlace & { readonly column: string }, count: number): FileError {
  return new FileError({
    ...place,
    need: 'must have a value',
    got: count === 1 ? 'none' : `none (and ${count - 1} more)`,
    remedy: `Say missing: { fill: { ${keyCode(place.column)}: 0 } } or another value, or missing: { rows: 'drop' }.`,
  });
}

/** A value of a column is not what it `need`s to be. Only texts can be marks of missing values. */
export function misfit(
  place: FilePlace & { readonly column: string },
  need: string,
  value: unknown,
): FileError {
  const isText = typeof value === 'string';
  const number = Number(value);
  if (need === 'a number' && Number.isFinite(number) && !Number.isFinite(Math.fround(number))) {
    return new FileError({
      ...place,
      need: 'must be a number that float32 holds, up to 3.4e38',
      got: String(value),
      remedy: `Say types: { ${keyCode(place.column)}: float64() }, or leave the column out of columns.`,
    });
  }
  const remedy = !isText
    ? 'Give another type in types.'
    : /^-?\d+,\d+$/.test(value)
      ? 'Write decimals with a point.'
      : `If it marks a missing value, say missing: { marks: [${textCode(value)}] }; else give another type in types.`;
  return new FileError({
    ...place,
    need: `must be ${need}`,
    got: isText ? quoted(value) : shown(value),
    remedy,
  });
}

/** A number or a list, cut after 60 signs. */
function shown(value: unknown): string {
  const isList = Array.isArray(value) || ArrayBuffer.isView(value);
  const whole = isList ? `[${Array.from(value as ArrayLike<unknown>).join(', ')}]` : String(value);
  return whole.length > 60 ? `${whole.slice(0, 60)}…` : whole;
}

export function noClient(place: FilePlace): FileError {
  return new FileError({
    ...place,
    need: 'must name the client',
    got: 'nothing',
    remedy: "Fill it in, or leave such rows out: missing: { rows: 'drop' }.",
  });
}

/** `dropped` rows were there, and miss a value. */
export function noRows(path: string, dropped: number): FileError {
  const got = dropped === 0 ? 'none' : `none but ${dropped} that miss a value`;
  return new FileError({ path, need: 'must have rows', got, remedy: 'Check how it was made.' });
}
