// Rows cut into pieces, and pieces dealt to clients: what partitioners end with.
import type { Generator } from '@starling/federated-core';
import { optionError } from '@starling/federated-core/plan';
import { shuffled } from '../draws/shuffled.js';

/**
 * `total` in `parts` whole numbers that differ by one at most, the larger ones first, as numpy's `array_split` has it.
 */
export function evenSizes(total: number, parts: number): readonly number[] {
  const rest = total % parts;
  return Array.from({ length: parts }, (_, part) => Math.floor(total / parts) + (part < rest ? 1 : 0));
}

/** Pieces of `rows` one after the other, of these sizes; rows beyond their sum are in none. They share its memory. */
export function cutRows(rows: Int32Array, sizes: readonly number[]): readonly Int32Array[] {
  let begin = 0;
  return sizes.map((size) => {
    const piece = rows.subarray(begin, begin + size);
    begin += size;
    return piece;
  });
}

/** The pieces of one client as one list, in random order. */
export function mixed(pieces: readonly Int32Array[], random: Generator): Int32Array {
  const rows = new Int32Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let begin = 0;
  for (const piece of pieces) {
    rows.set(piece, begin);
    begin += piece.length;
  }
  return shuffled(rows, random);
}

/** Throws a `RangeError` unless there are at least `need` rows; `what` says for what. */
export function checkRows(action: string, rows: number, need: number, what: string): void {
  if (rows < need) throw optionError(`${action}: need at least ${need} rows for ${what}, got ${rows}`);
}

/** Throws a `RangeError` if a client has no rows; `advice` says what to change. */
export function checkNoneEmpty(action: string, sizes: readonly number[], advice: string): void {
  const client = sizes.indexOf(0);
  if (client < 0) return;
  throw optionError(`${action}: need a row for each client, got none for client ${client}. ${advice}`);
}
