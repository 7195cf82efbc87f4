// What a file holds, in plain data: columns with their types and missing values, clients and their sizes. What
// `starling data inspect` prints, and what tells a user which options a reader needs.
import type { ColumnFacts } from '../columns/column-facts.js';
import { typeCode } from '../columns/column-type.js';
import { inferType, isMixed } from '../columns/infer-type.js';
import { keyCode, textCode } from '../errors/code-text.js';
import { quoted } from '../errors/file-error.js';
import type { RowRuns } from '../rows/row-runs.js';

export interface ColumnReport {
  readonly name: string;
  /** As it would be inferred, such as `float32()`; null if it has no values, or values of several kinds. */
  readonly type: string | null;
  readonly missing: number;
  /** Different values; null if they are more than 1,000, or were not counted. */
  readonly distinct: number | null;
  /** Of the numbers in it; null if there are none. */
  readonly min: number | null;
  readonly max: number | null;
  /** Some of the values, at most three. */
  readonly examples: readonly string[];
  /** What is odd about it, in a sentence; null if nothing is. */
  readonly note: string | null;
}

export interface ClientsReport {
  /** The column that names them; null if the format does. */
  readonly column: string | null;
  readonly count: number;
  /** Rows a client. */
  readonly rows: { readonly min: number; readonly median: number; readonly max: number };
}

export interface DataReport {
  readonly path: string;
  readonly format: string;
  readonly bytes: number;
  readonly rows: number;
  readonly columns: readonly ColumnReport[];
  /** Null if no column was named. */
  readonly clients: ClientsReport | null;
}

/** `isClient`: it names the clients, so that nothing is said of its texts. */
export function columnReport(
  facts: ColumnFacts,
  path: string,
  word: 'line' | 'row',
  isClient = false,
): ColumnReport {
  const { name, values, missing, distinct, numbers, min, max } = facts;
  return {
    name,
    type: values === 0 ? null : typeOrNull(facts, path, word),
    missing,
    distinct: distinct?.size ?? null,
    min: numbers === 0 ? null : min,
    max: numbers === 0 ? null : max,
    examples: [...(distinct ?? [])].slice(0, 3),
    note: isClient ? null : noteOn(facts, word),
  };
}

/** Sizes of the clients of an index. */
export function clientsReport(
  column: string | null,
  { ids, rowCount }: Pick<RowRuns, 'ids' | 'rowCount'>,
): ClientsReport {
  const sizes = Float64Array.from(ids, (_, client) => rowCount(client)).sort();
  const middle = Math.floor(sizes.length / 2);
  const median =
    sizes.length % 2 === 1 ? sizes[middle]! : ((sizes[middle - 1] ?? 0) + (sizes[middle] ?? 0)) / 2;
  return { column, count: ids.length, rows: { min: sizes[0] ?? 0, median, max: sizes.at(-1) ?? 0 } };
}

function typeOrNull(facts: ColumnFacts, path: string, word: 'line' | 'row'): string | null {
  try {
    return typeCode(inferType(facts, path, word));
  } catch {
    return null; // the note says why
  }
}

function noteOn(facts: ColumnFacts, word: string): string | null {
  const { name, values, texts, vectors, firstText, distinct, otherShape } = facts;
  if (values === 0) return `${name} has no values: leave it out`;
  if (otherShape !== null)
    return `${name} has lists of several shapes, such as in ${word} ${otherShape.place}`;
  if (vectors > 0 || texts === 0 || firstText === null) return null;
  if (isMixed(facts)) {
    const some = texts === 1 ? '1 value is' : `${texts} values are`;
    return `${name}: ${some} not a number, such as ${quoted(firstText.value)} in ${word} ${firstText.place}. If it marks a missing value: missing: { marks: [${textCode(firstText.value)}] }`;
  }
  if (distinct !== null && distinct.size <= 10 && values > distinct.size) {
    const names = [...distinct].sort().map(textCode);
    return `${name} has ${distinct.size} different texts: types: { ${keyCode(name)}: categories([${names.join(', ')}]) } makes numbers of them`;
  }
  return null;
}
