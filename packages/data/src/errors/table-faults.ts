// The faults of tables that readers of all formats find.
import { FileError, type FilePlace } from './file-error.js';

/** `count` values of the column are missing, this one first. */
export function missingValue(place: FilePlace & { readonly column: string }, count: number): FileError {
  const key = /^[a-z_$][\w$]*$/i.test(place.column) ? place.column : JSON.stringify(place.column);
  return new FileError({
    ...place,
    need: 'must have a value',
    got: count === 1 ? 'none' : `none (and ${count - 1} more)`,
    remedy: `Say missing: { fill: { ${key}: 0 } } or another value, or missing: { rows: 'drop' }.`,
  });
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
