// What a column of a file becomes: a tensor of a fixed element type and shape.

import { int32, type TensorType, uint8 } from '@starling/federated-core';
import { checkKind, checkNumber, type Kind, kinds } from '@starling/federated-core/plan';
import { textCode } from '../errors/code-text.js';
import { formatList } from '../errors/format-list.js';

/** Text of at most so many bytes of UTF-8: `uint8[maxBytes]`, filled up with zeros. */
export interface TextType {
  readonly kind: 'text';
  readonly maxBytes: number;
}

/** One of some texts: the place in the list, an int32 from 0. */
export interface CategoriesType {
  readonly kind: 'categories';
  readonly names: readonly string[];
}

/** A tensor of numbers, such as `float32()` or `float32(3)`, or what `text` and `categories` give. */
export type ColumnType = TensorType | TextType | CategoriesType;

/** A column of text: `uint8[maxBytes]`. Longer text is an error; `decodeText` gives it back. */
export function text(maxBytes: number): TextType {
  checkNumber('Cannot make a column of text', 'maxBytes', maxBytes, { whole: true, from: 1, to: 1_000_000 });
  return { kind: 'text', maxBytes };
}

/** A column of labels in text: an int32, its place in `names`. Any other text is an error. */
export function categories(names: readonly string[]): CategoriesType {
  kinds.list('Cannot make a column of categories', 'names', names);
  if (
    names.length === 0 ||
    new Set(names).size !== names.length ||
    names.some((name) => typeof name !== 'string')
  ) {
    throw new RangeError(
      `Cannot make a column of categories: names must be different texts, got ${formatList(names)}`,
    );
  }
  return { kind: 'categories', names };
}

/** Throws a `RangeError` unless each column that is named is given a type. */
export function checkColumnTypes(action: string, option: string, types: unknown): void {
  kinds.record(action, option, types);
  for (const [name, type] of Object.entries(types as Readonly<Record<string, ColumnType | null>>)) {
    checkKind(action, `${option}.${name}`, type, COLUMN_TYPE);
  }
}

const WORDS = ['float32', 'float64', 'int32', 'int64', 'uint8', 'bool'];

const COLUMN_TYPE: Kind = {
  need: "a type of a column, such as float32(), text(40) or categories(['f', 'm'])",
  fits: (value) => ['tensor', 'text', 'categories'].includes((value as ColumnType | null)?.kind ?? ''),
  advice: (value) => {
    if (Array.isArray(value)) return 'Write categories([…])';
    const word = typeof value === 'function' ? value.name : value;
    return typeof word === 'string' && WORDS.includes(word) ? `Write ${word}()` : null;
  },
};

/** The type that computations see. */
export function tensorOf(type: ColumnType): TensorType {
  if (type.kind === 'text') return uint8(type.maxBytes);
  return type.kind === 'categories' ? int32() : type;
}

/** As a user writes it: `float32()`, `text(12)`. */
export function typeCode(type: ColumnType): string {
  if (type.kind === 'text') return `text(${type.maxBytes})`;
  if (type.kind === 'categories') return `categories([${type.names.map(textCode).join(', ')}])`;
  return `${type.dtype}(${type.shape.join(', ')})`;
}
