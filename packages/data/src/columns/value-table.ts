// Tables of formats that have values of their own (JSON, databases): what stands in each column is gathered row by row,
// and rows are written into a client's columns.
import type { Dataset } from '@starling/federated-core';
import type { FilePlace } from '../errors/file-error.js';
import { misfit, missingValue } from '../errors/table-faults.js';
import { ColumnFacts } from './column-facts.js';
import { type ColumnWriter, columnWriter } from './column-writer.js';
import type { TypedColumn, WantedColumn } from './table-columns.js';
import type { MissingOptions } from './table-options.js';

export class ValueTable {
  readonly facts: readonly ColumnFacts[];
  private readonly wanted: readonly WantedColumn[];
  private readonly writers: readonly (ColumnWriter | null)[];
  private readonly marks: ReadonlySet<unknown>;
  private readonly rows: 'refuse' | 'drop';
  private readonly inspects: boolean;

  constructor(
    wanted: readonly WantedColumn[],
    { marks = [], rows = 'refuse' }: MissingOptions = {},
    inspects = false,
  ) {
    this.wanted = wanted;
    this.facts = wanted.map(({ name }) => new ColumnFacts(name, inspects));
    this.writers = wanted.map(({ given }) => (given === null ? null : columnWriter(given, 1)));
    this.marks = new Set(marks);
    this.rows = rows;
    this.inspects = inspects;
  }

  factsByName(): ReadonlyMap<string, ColumnFacts> {
    return new Map(this.facts.map((facts) => [facts.name, facts]));
  }

  /**
   * Notes the values of a row; false if it is to be dropped. Throws a `FileError` at a value that is missing or does
   * not fit a given type. `number` counts lines or rows from 1.
   */
  add(valueAt: (name: string) => unknown, place: FilePlace, number: number): boolean {
    let isKept = true;
    for (const [at, { name, fill }] of this.wanted.entries()) {
      const value = valueAt(name);
      if (this.isMissing(value)) {
        this.facts[at]!.addMissing(number);
        if (fill !== undefined || this.inspects) continue;
        if (this.rows === 'refuse') throw missingValue({ ...place, column: name }, 1);
        isKept = false;
        continue;
      }
      const writer = this.writers[at];
      if (writer !== null && writer !== undefined && !writer.write(value, 0))
        throw misfit({ ...place, column: name }, writer.need, value);
      this.facts[at]!.add(value, number);
    }
    return isKept;
  }

  isMissing(value: unknown): boolean {
    return value === null || value === undefined || this.marks.has(value);
  }

  /** The columns of `length` rows, of which `valueAt` gives the values that are there. */
  dataset(
    columns: readonly TypedColumn[],
    length: number,
    valueAt: (row: number, name: string) => unknown,
    place: (row: number) => FilePlace,
  ): Dataset {
    const tensors = columns.map(({ name, type, fill }) => {
      const writer = columnWriter(type, length);
      for (let row = 0; row < length; row++) {
        const value = valueAt(row, name);
        const there = this.isMissing(value) ? fill : value;
        if (!writer.write(there, row)) throw misfit({ ...place(row), column: name }, writer.need, there);
      }
      return [name, writer.tensor()];
    });
    return { length, columns: Object.fromEntries(tensors) };
  }
}
