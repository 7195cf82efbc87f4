// Who is there when: devices that are idle and charging by night, each in its time zone, or as a file says.
import { deriveSeed, generator, type Seed } from '@starling/federated-core';
import { checkOptions, count, kinds, numberWithin, optionError } from '@starling/federated-core/plan';

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
  checkOptions('Cannot read availability', options, {
    csv: kinds.text,
    names: kinds.list,
    source: kinds.text,
  });
  const { csv, names, source = 'trace' } = options;
  const numbers = names && new Map(names.map((name, client) => [name, client]));
  const spans = new Map<number, (readonly [number, number])[]>();
  const lines = csv.split(/\r?\n/);
  const header = lines[0]!
    .replace(/^\uFEFF/, '')
    .split(',')
    .map((cell) => cell.trim());
  if (header.join() !== 'client,from,to') {
    throw optionError(`${source}:1:1: need the columns client,from,to, got '${lines[0]}'`);
  }
  for (const [index, text] of lines.entries()) {
    if (index === 0 || text.trim() === '') continue;
    const cells = text.split(',');
    const fail = (cell: number, need: string): RangeError => {
      const column = cells.slice(0, cell).reduce((sum, { length }) => sum + length + 1, 1);
      return optionError(
        `${source}:${index + 1}:${column}: need ${need}, got '${cells[cell]?.trim() ?? text}'`,
      );
    };
    if (cells.length !== 3)
      throw optionError(`${source}:${index + 1}:1: need 3 cells, got ${cells.length}: '${text}'`);
    const [name = '', from = '', to = ''] = cells.map((cell) => cell.trim());
    const client = numbers === undefined ? clientNumber(name) : numbers.get(name);
    if (client === undefined) throw fail(0, numbers === undefined ? "a client's number" : "a client's name");
    const span = [hoursOf(from), hoursOf(to)] as const;
    for (const [place, hours] of span.entries())
      if (hours === null) throw fail(place + 1, 'a number of hours');
    const [begin, end] = span as readonly [number, number];
    if (begin >= end) throw fail(2, `hours after ${begin}`);
    const known = spans.get(client);
    if (known === undefined) spans.set(client, [[begin, end]]);
    else known.push([begin, end]);
  }
  return {
    name: 'trace',
    isThere: (client, hour) => spans.get(client)?.some(([from, to]) => hour >= from && hour < to) ?? false,
  };
}

function clientNumber(text: string): number | undefined {
  return /^\d+$/.test(text) ? Number(text) : undefined;
}

function hoursOf(text: string): number | null {
  const hours = text === '' ? Number.NaN : Number(text);
  return Number.isFinite(hours) ? hours : null;
}
