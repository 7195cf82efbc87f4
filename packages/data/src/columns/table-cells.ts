// Columns of a file as columns of tables: what kind each is, by all of its values, and the cells of one client. Whole
// numbers within int32 are int32, other numbers float64, all else text; a column without values is one of numbers.
import {
  type NumberCells,
  numberColumn,
  type TableColumn,
  type TextCells,
  textColumn,
} from '@starling/population';
import { FileError } from '../errors/file-error.js';
import type { ColumnFacts } from './column-facts.js';
import { inferType } from './infer-type.js';

/** The longest text of a column of a table, in bytes. */
const MAX_TEXT_BYTES = 250;

/** Throws a `FileError` for a column of numbers with a few texts among them, for lists, and for long texts. */
export function tableColumnOf(facts: ColumnFacts, path: string, word: 'line' | 'row'): TableColumn {
  if (facts.values === 0) return numberColumn();
  const type = inferType(facts, path, word);
  const { name: column, longestBytes, firstText } = facts;
  if (type.kind === 'tensor' && type.shape.length > 0) {
    throw new FileError({
      path,
      column,
      need: 'must hold numbers or text',
      got: 'lists',
      remedy: 'Leave it out: name the others in columns.',
    });
  }
  if (type.kind === 'tensor' && type.dtype !== 'bool')
    return numberColumn(type.dtype === 'int32' ? 'int32' : 'float64');
  const bytes = Math.max(5, longestBytes);
  if (bytes > MAX_TEXT_BYTES) {
    throw new FileError({
      path,
      column,
      ...(firstText === null ? {} : { [word]: firstText.place }),
      need: `must hold text of at most ${MAX_TEXT_BYTES} bytes`,
      got: `one of ${longestBytes}`,
      remedy: 'Leave it out: name the others in columns.',
    });
  }
  return textColumn(bytes);
}

/** Takes the cells of a column row by row; undefined is a missing one. */
export interface CellTaker {
  take(value: unknown, row: number): void;
  cells(): NumberCells | TextCells;
}

export function cellTaker({ kind }: TableColumn, length: number): CellTaker {
  if (kind === 'text') {
    const values = Array<string | null>(length).fill(null);
    return {
      take: (value, row) => {
        values[row] = value === undefined ? null : String(value);
      },
      cells: () => ({ kind, values }),
    };
  }
  const values = new Float64Array(length);
  let missing: Uint8Array | null = null;
  return {
    take: (value, row) => {
      if (value === undefined) {
        missing ??= new Uint8Array(length);
        missing[row] = 1;
      } else values[row] = Number(value);
    },
    cells: () => ({ kind, values, missing }),
  };
}
