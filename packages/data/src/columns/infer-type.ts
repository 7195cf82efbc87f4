// The type of a column whose type is not given, by one rule over all of its values: whole numbers within int32 are
// int32, other numbers float32 (float64 if one of them is beyond it), `true` and `false` bool, points in time float64
// milliseconds since 1970, lists of numbers of one shape tensors of it, and all else text as long as the longest value.
// A column of numbers with a few texts among them is refused: they may mark missing values, and nobody wants numbers as
// text.
import { bool, float32, float64, int32, type TensorType, tensorType } from '@starling/federated-core';
import { keyCode, textCode } from '../errors/code-text.js';
import { FileError, quoted } from '../errors/file-error.js';
import type { ColumnFacts } from './column-facts.js';
import { type ColumnType, text } from './column-type.js';

/** Up to this share of texts among numbers is taken for a mistake. */
const FEW = 0.2;

/** Whether a column of numbers has a few texts, such as marks of missing values. */
export function isMixed({ values, numbers, texts, vectors }: ColumnFacts): boolean {
  return vectors === 0 && numbers > 0 && texts > 0 && texts <= FEW * values;
}

/** `word` is what the format counts: lines or rows. Throws a `FileError` where no type fits. */
export function inferType(facts: ColumnFacts, path: string, word: 'line' | 'row'): ColumnType {
  const { name: column, values, numbers, booleans, vectors } = facts;
  if (values === 0) {
    throw new FileError({
      path,
      column,
      need: 'must have values',
      got: 'none',
      remedy: 'Leave it out: name the others in columns, or give its type in types and a fill in missing.',
    });
  }
  if (vectors > 0) return vectorType(facts, path, word);
  if (isMixed(facts) && facts.firstText !== null) {
    const { place, value } = facts.firstText;
    throw new FileError({
      path,
      [word]: place,
      column,
      need: `must be a number, as ${numbers} other values are`,
      got: quoted(value),
      remedy: `If it marks a missing value, say missing: { marks: [${textCode(value)}] }; if all is text, types: { ${keyCode(column)}: text(${facts.longestBytes}) }.`,
    });
  }
  if (facts.times === values) return float64();
  if (numbers === values) return numberType(facts, []);
  if (booleans === values) return bool();
  return text(Math.max(1, facts.longestBytes));
}

function numberType({ integers, numbers, isWide }: ColumnFacts, shape: readonly number[]): TensorType {
  const scalar = integers === numbers ? int32() : isWide ? float64() : float32();
  return tensorType(scalar.dtype, shape);
}

function vectorType(facts: ColumnFacts, path: string, word: 'line' | 'row'): ColumnType {
  const { name: column, values, vectors, otherShape, firstText, shape } = facts;
  const dimensions = JSON.parse(shape ?? '[]') as readonly number[];
  const fault = (place: number | undefined, need: string, got: string): FileError =>
    new FileError({
      path,
      ...(place === undefined ? {} : { [word]: place }),
      column,
      need,
      got,
      remedy: 'Make all lists of the column alike, or leave the column out of columns.',
    });
  if (vectors !== values) throw fault(firstText?.place, 'must hold lists alone', 'other values too');
  if (otherShape !== null)
    throw fault(otherShape.place, `must hold lists of shape ${shape}`, otherShape.value);
  if (dimensions.includes(-1)) throw fault(undefined, 'must hold lists of one length', 'lists of several');
  if (firstText !== null) throw fault(firstText.place, 'must hold lists of numbers', quoted(firstText.value));
  return facts.booleans > 0 ? tensorType('bool', dimensions) : numberType(facts, dimensions);
}
