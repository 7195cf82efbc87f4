// Who is there when: devices that are idle and charging by night, each in its time zone, or as a file says.
import { deriveSeed, generator, type Seed } from '@starling/federated-core';
import {
  checkOptions,
  count,
  kinds,
  numberWithin,
  optionError,
  required,
} from '@starling/federated-core/plan';

export interface Availability {
  readonly name: string;
  /** Whether a client is there at an hour, counted from the beginning of the run's first day; a pure function. */
  isThere(client: number, hour: number, seed: Seed): boolean;
}

export interface DayAndNightOptions {
  /** Time zones that clients live in, evenly spread over the day; the seed decides who in which. Default 24. */
  readonly timeZones?: number;
  /**
   * The local hours from which and before which clients are there, 0 to 24, over midnight if `to` is less. Default 22.
   */
  readonly from?: number;
  /** Default 6. */
  readonly to?: number;
  /** The probability to be there in those hours, drawn for each client and hour. Default 1. */
  readonly within?: number;
  /** The probability in the other hours. Default 0. */
  readonly outside?: number;
}

/**
 * Clients that are there by night, local time (Bonawitz et al., "Towards Federated Learning at Scale: System Design",
 * MLSys 2019, section 9: availability oscillates with the hour of the day). Throws a `RangeError` for options out of
 * their range.
 */
export function dayAndNight(options: DayAndNightOptions = {}): Availability {
  const hour = numberWithin({ from: 0, to: 24 });
  const probability = numberWithin({ from: 0, to: 1 });
  checkOptions('Cannot make dayAndNight', options, {
    timeZones: count,
    from: hour,
    to: hour,
    within: probability,
    outside: probability,
  });
  const { timeZones = 24, from = 22, to = 6, within = 1, outside = 0 } = options;
  return {
    name: 'day-and-night',
    isThere: (client, now, seed) => {
      const zone = generator(deriveSeed(seed, 'time-zone', client)).below(timeZones);
      const local = (now + (zone * 24) / timeZones) % 24;
      const isWithin = from <= to ? local >= from && local < to : local >= from || local < to;
      const chance = isWithin ? within : outside;
      if (chance === 0 || chance === 1) return chance === 1;
      return generator(deriveSeed(seed, 'there', client, Math.floor(now))).uniform() < chance;
    },
  };
}

const HEADER = 'client,from,to';

export interface AvailabilityTraceOptions {
  /**
   * The text of a CSV file with the columns `client`, `from` and `to`: hours, from which and before which it is there.
   */
  readonly csv: string;
  /** What clients are called in the file, by their numbers. Default: the file has the numbers. */
  readonly names?: readonly string[];
  /** Stands before the line in errors. Default `trace`. */
  readonly source?: string;
}

/**
 * Clients that are there when a file says so, in any number of lines each; one that is not named never is. Throws a
 * `RangeError` with the line and column, "trace.csv:3:5: need a number of hours, got 'noon'".
 */
export function availabilityTrace(options: AvailabilityTraceOptions): Availability {
  if (typeof options === 'string') {
    throw optionError(
      'Cannot read availability: need options { csv, names, source }, got text. Write availabilityTrace({ csv: … })',
    );
  }
  checkOptions('Cannot read availability', options, {
    csv: required(kinds.text),
    names: kinds.list,
    source: kinds.text,
  });
  const { csv, names, source = 'trace' } = options;
  const numbers = names && new Map(names.map((name, client) => [name, client]));
  const spans = new Map<number, (readonly [number, number])[]>();
  let hasHeader = false;
  for (const [index, text] of csv
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/)
    .entries()) {
    if (text.trim() === '') continue;
    const refuse = (column: number, need: string, got: string): RangeError =>
      optionError(`${source}:${index + 1}:${column}: need ${need}, got ${got}`);
    const cells = cellsOf(text);
    if (cells === null) throw refuse(1, 'quotes around a whole cell, doubled inside of it', `'${text}'`);
    if (!hasHeader) {
      if (cells.map((cell) => cell.text).join() !== HEADER)
        throw refuse(1, `the columns ${HEADER}`, `'${text}'`);
      hasHeader = true;
      continue;
    }
    if (cells.length !== 3) throw refuse(1, '3 cells', `${cells.length}: '${text}'`);
    const [name, from, to] = cells as [Cell, Cell, Cell];
    const client = numbers === undefined ? clientNumber(name.text) : numbers.get(name.text);
    if (client === undefined) {
      throw refuse(name.column, `a client's ${numbers === undefined ? 'number' : 'name'}`, `'${name.text}'`);
    }
    const [begin, end] = [from, to].map((cell) => {
      const hours = cell.text === '' ? Number.NaN : Number(cell.text);
      if (Number.isFinite(hours)) return hours;
      throw refuse(cell.column, 'a number of hours', `'${cell.text}'`);
    }) as [number, number];
    if (begin >= end) throw refuse(to.column, `hours after ${begin}`, `'${to.text}'`);
    const known = spans.get(client);
    if (known === undefined) spans.set(client, [[begin, end]]);
    else known.push([begin, end]);
  }
  if (!hasHeader) throw optionError(`${source}:1:1: need the columns ${HEADER}, got an empty file`);
  return {
    name: 'trace',
    isThere: (client, hour) => spans.get(client)?.some(([from, to]) => hour >= from && hour < to) ?? false,
  };
}

function clientNumber(text: string): number | undefined {
  return /^\d+$/.test(text) ? Number(text) : undefined;
}

interface Cell {
  readonly text: string;
  /** Where it begins in its line, from 1. */
  readonly column: number;
}

/**
 * The cells of a line, without the quotes around them (RFC 4180, but no cell goes over lines); null for a quote that
 * does not open or close a cell. The reader of CSV files is in `data`, a floor above, and not of text.
 */
function cellsOf(line: string): readonly Cell[] | null {
  const cells: Cell[] = [];
  const pattern = /[ \t]*(?:"((?:[^"]|"")*)"[ \t]*|([^",]*))(,|$)/y;
  for (;;) {
    const column = pattern.lastIndex + 1;
    const match = pattern.exec(line);
    if (match === null) return null;
    const [, inQuotes, plain = '', delimiter] = match;
    cells.push({ text: inQuotes?.replaceAll('""', '"') ?? plain.trim(), column });
    if (delimiter === '') return cells;
  }
}
