// A decodable table of sums: values that nobody knows beforehand, with their rows and clients, from sums alone. Each
// client adds each of its values to four cells that hashes choose: 1, its rows, a check, and its bytes. A cell that
// one value alone came to, from c clients, holds c times its bytes; it is read, taken out of its four cells, and so
// on, until none is left (Goodrich, Mitzenmacher, "Invertible Bloom Lookup Tables", 2011, with whole numbers in the
// place of exclusive ors).
import { tf } from '@starling/compute';
import { cellBytes, type TableColumn } from '@starling/population';
import { type CountedValue, valueOfBytes } from '../values/cell-values.js';
import { type CapturedColumn, foldValues } from '../values/fold-values.js';
import { hashed, hashOf, SQUARE_MODULUS, type ValueHash, valueHash } from '../values/value-hashes.js';

const TABLES = 4;
/** clients, rows, check; then the bytes. */
const HEADER = 3;

export interface ValueTableLayout {
  readonly cells: number;
  readonly width: number;
  readonly places: readonly ValueHash[];
  readonly check: ValueHash;
}

/** For `capacity` different values, which then decode, with a chance of less than a percent that some do not. */
export function valueTable(column: TableColumn, capacity: number): ValueTableLayout {
  const size = cellBytes(column);
  // 1.295 cells a value are the threshold of four hashes; a tenth more, and some for small tables. Of three hashes,
  // whose threshold is 1.222, two values share all cells too often.
  const cells = Math.floor((1.1 * 1.295 * capacity) / TABLES + 10);
  return {
    cells,
    width: HEADER + size,
    places: Array.from({ length: TABLES }, (_, table) => valueHash(size, cells, 'place', table)),
    check: valueHash(size, SQUARE_MODULUS, 'check'),
  };
}

/** int32 [4 · cells, width]: the table of one client. */
export function ownTable({ cells, width, places, check }: ValueTableLayout, own: CapturedColumn): tf.Tensor {
  const shape: [number, number] = [TABLES * cells, width];
  return foldValues(own, tf.zeros(shape, 'int32'), (state: tf.Tensor, { value, rows, isValue }) => {
    const header = tf.stack([isValue, rows, tf.mul(hashed(value, check), isValue)], 1);
    const added = tf.concat([header, tf.mul(value, tf.reshape(isValue, [-1, 1]))], 1);
    const at = places.map((place, table) =>
      tf.add(tf.reshape(hashed(value, place), [-1, 1]), tf.scalar(table * cells, 'int32')),
    );
    return tf.add(state, tf.scatterND(tf.concat(at), tf.concat(places.map(() => added)), shape));
  });
}

export interface DecodedTable {
  readonly values: readonly CountedValue[];
  /** Rows of values that did not decode; 0 if all did. */
  readonly notDecodedRows: number;
}

/** What stands in the sum of all clients' tables. */
export function decodeTable(
  layout: ValueTableLayout,
  column: TableColumn,
  sums: ArrayLike<number>,
): DecodedTable {
  const { cells, width } = layout;
  const table = Float64Array.from(sums);
  const values: CountedValue[] = [];
  const open = Array.from({ length: TABLES * cells }, (_, cell) => cell);
  for (let cell = open.pop(); cell !== undefined; cell = open.pop()) {
    const read = readCell(layout, table, cell);
    if (read === null) continue;
    values.push({ value: valueOfBytes(column, read.bytes), rows: read.rows, clients: read.clients });
    const own = table.slice(cell * width, (cell + 1) * width);
    for (const place of read.cells) {
      for (let at = 0; at < width; at++) {
        table[place * width + at] = (table[place * width + at] as number) - (own[at] as number);
      }
      open.push(place);
    }
  }
  let notDecodedRows = 0;
  for (let cell = 0; cell < cells; cell++) notDecodedRows += table[cell * width + 1] as number;
  return { values, notDecodedRows };
}

interface ReadCell {
  readonly bytes: readonly number[];
  readonly rows: number;
  readonly clients: number;
  /** All its cells. */
  readonly cells: readonly number[];
}

/** The one value of a cell, or null if it holds none or several. */
function readCell(
  { cells, width, places, check }: ValueTableLayout,
  table: Float64Array,
  cell: number,
): ReadCell | null {
  const [clients = 0, rows = 0, checks = 0, ...sums] = table.subarray(cell * width, (cell + 1) * width);
  if (clients <= 0) return null;
  const bytes = sums.map((sum) => sum / clients);
  if (bytes.some((byte) => !Number.isInteger(byte) || byte < 0 || byte > 255)) return null;
  if (checks !== clients * hashOf(bytes, check)) return null;
  const own = places.map((place, at) => at * cells + hashOf(bytes, place));
  return own.includes(cell) ? { bytes, rows, clients, cells: own } : null;
}
