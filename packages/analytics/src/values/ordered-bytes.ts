// An edge as the ordered bytes of a column's format: those of the smallest value that is at or above it.
import { type NumberColumn, orderedNumber, readNumber } from '@starling/population';

/** How edges are compared: a value at an edge is above it, or with `'above'` only what is larger. */
export interface Edge {
  readonly at: number;
  readonly side: 'at-or-above' | 'above';
}

/** An edge above all numbers of the format has bytes above theirs. */
export function orderedBytes(column: NumberColumn, { at, side }: Edge): readonly number[] {
  const isReached = (value: number): boolean => (side === 'above' ? value > at : value >= at);
  const bytes = lowestBytes(column, at);
  return isReached(readNumber(column, bytes)) ? bytes : after(bytes);
}

/** The bytes of a value of the format that is not above `at`, or of its least one. */
function lowestBytes(column: NumberColumn, at: number): readonly number[] {
  const { format } = column;
  if (format === 'float64') return orderedNumber(column, at);
  if (format === 'float32') {
    const near = Math.fround(at);
    const bytes = orderedNumber(column, near);
    return near > at ? before(bytes) : bytes;
  }
  const low = -(2 ** 31);
  return orderedNumber(column, Math.min(Math.max(Math.floor(at), low), 2 ** 31 - 1));
}

/** The bytes that follow, as a number counts up; those after the last have a first byte of 256. */
function after(bytes: readonly number[]): readonly number[] {
  const next = [...bytes];
  let place = next.length - 1;
  while (place > 0 && next[place] === 255) next[place--] = 0;
  next[place] = (next[place] as number) + 1;
  return next;
}

function before(bytes: readonly number[]): readonly number[] {
  const next = [...bytes];
  let place = next.length - 1;
  while (next[place] === 0) next[place--] = 255;
  next[place] = (next[place] as number) - 1;
  return next;
}
