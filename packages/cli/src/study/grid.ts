// The grid of a study: what is varied over which values, and the runs that come of it, one a combination.
import { createHash } from 'node:crypto';
import { UsageError } from '../errors/usage-error.js';

/** What is varied: settings of a federation, `seed` and `rounds`, by name; values as `--set` takes them. */
export type Axes = ReadonlyMap<string, readonly string[]>;

/** One run of a study. */
export interface StudyPoint {
  /** Of all in the grid: `learningRate=0.1,seed=3`, whatever the order of the axes. It names the folder, too. */
  readonly name: string;
  /** What is varied but the seed: runs that share it are one line of the study. */
  readonly varied: Readonly<Record<string, string>>;
  /** Those of `varied` that the federation is built with. */
  readonly settings: Readonly<Record<string, string>>;
  readonly seed: number;
  /** `null` for as many as the federation says. */
  readonly rounds: number | null;
}

/** What a run has beside its federation's settings. */
const OF_RUN: readonly string[] = ['seed', 'rounds'];
/** Longer ones are cut: a file system takes 255 bytes. */
const LONGEST_NAME = 160;
const HASH_DIGITS = 8;

/** Gathers one more `name=values` of a repeated `--sweep`; throws a `UsageError` for what is none. */
export function collectAxis(text: string, earlier: Axes): Axes {
  const equals = text.indexOf('=');
  const name = text.slice(0, equals);
  if (equals < 1) throw new UsageError(`Cannot read --sweep: it must be name=values, got '${text}'`);
  if (earlier.has(name)) throw new UsageError(`Cannot sweep ${name}: need it once, got it twice`);
  return new Map([...earlier, [name, readValues(name, text.slice(equals + 1))]]);
}

/** `0.1,0.3`, `1..5`, or both; commas within brackets and quotes are part of a value. */
function readValues(name: string, text: string): readonly string[] {
  const parts = text.match(/(?:\[[^\]]*\]|\{[^}]*\}|"[^"]*"|[^,])+/g) ?? [];
  const values = parts.flatMap((part) => {
    const [, from, to] = /^(-?\d+)\.\.(-?\d+)$/.exec(part) ?? [];
    if (from === undefined || to === undefined) return [part];
    if (Number(from) > Number(to)) {
      throw new UsageError(`Cannot sweep ${name}: need a range that ascends, got '${part}'`);
    }
    return Array.from({ length: Number(to) - Number(from) + 1 }, (_, index) => String(Number(from) + index));
  });
  if (values.length === 0) {
    throw new UsageError(`Cannot sweep ${name}: need values such as 0.1,0.3 or 1..5, got none`);
  }
  const twice = values.find((value, index) => values.indexOf(value) !== index);
  if (twice !== undefined)
    throw new UsageError(`Cannot sweep ${name}: need each value once, got ${twice} twice`);
  return values;
}

/**
 * A run for each combination: the first axis changes slowest, and seeds fastest. `seed` and `rounds` are those of
 * all runs, where they are not varied.
 */
export function pointsOf(
  axes: Axes,
  { seed, rounds }: { readonly seed: number; readonly rounds: number | null },
): readonly StudyPoint[] {
  const others = [...axes].filter(([name]) => name !== 'seed');
  const seeds = (axes.get('seed') ?? [String(seed)]).map((text) => wholeAxis('seed', text, 0));
  return others
    .reduce<readonly Record<string, string>[]>(
      (rows, [name, values]) => rows.flatMap((row) => values.map((value) => ({ ...row, [name]: value }))),
      [{}],
    )
    .flatMap((varied) => {
      const settings = Object.fromEntries(Object.entries(varied).filter(([name]) => !OF_RUN.includes(name)));
      const own = varied['rounds'] === undefined ? rounds : wholeAxis('rounds', varied['rounds'], 1);
      return seeds.map((each) => ({
        name: nameOf({ ...varied, seed: String(each) }),
        varied,
        settings,
        seed: each,
        rounds: own,
      }));
    });
}

function wholeAxis(name: string, text: string, least: number): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isSafeInteger(value) && value >= least) return value;
  throw new UsageError(`Cannot sweep ${name}: need whole numbers from ${least} up, got '${text}'`);
}

/** A name that a file may have; one that is changed for it has a hash, so that no two are the same. */
function nameOf(varied: Readonly<Record<string, string>>): string {
  const { seed, ...others } = varied;
  const parts = Object.entries(others).sort(([one], [other]) => (one < other ? -1 : 1));
  const name = [...parts, ['seed', seed]].map((pair) => pair.join('=')).join(',');
  const safe = name.replace(/[^\w.,=+-]/g, '_').slice(0, LONGEST_NAME);
  if (safe === name) return name;
  return `${safe}-${createHash('sha256').update(name).digest('hex').slice(0, HASH_DIGITS)}`;
}

/** What is varied in words: `learningRate=0.1 clients=20`. */
export function labelOf(varied: Readonly<Record<string, string>>): string {
  const text = Object.entries(varied).map((pair) => pair.join('='));
  return text.length === 0 ? 'all runs' : text.join(' ');
}
