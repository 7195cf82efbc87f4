// Several runs that were kept, side by side: in what they differ, how far their states are the same, and to what each
// of them came.
import type { RecordLine, RunLine } from '@starling/runtime/record';
import { type Cell, roundRows } from './record-csv.js';
import type { RunPicture } from './run-picture.js';

export interface KeptRun {
  readonly directory: string;
  readonly picture: RunPicture;
  /** Its record, of the last start. */
  readonly lines: readonly RecordLine[];
}

export interface Comparison {
  readonly runs: readonly (Pick<RunPicture, 'run' | 'federation' | 'rounds' | 'asked' | 'end'> & {
    readonly directory: string;
    /** The last value of each number that its rounds have, by dotted name. */
    readonly finals: Readonly<Record<string, number>>;
    /** Of the state after the last round. */
    readonly stateHash: string | null;
  })[];
  /** What the runs were told to be, by dotted name, where not all are alike; null where a run has none of it. */
  readonly differences: readonly { readonly field: string; readonly values: readonly unknown[] }[];
  /** Up to this round all have the same states; 0 if none. */
  readonly sameUpTo: number;
}

/** What says nothing of the numbers: names, when it was started, how much of it. */
const NOT_COMPARED: ReadonlySet<string> = new Set([
  'type',
  'format',
  'id',
  'description',
  'headline',
  'rounds',
  'from',
  'startedAt',
  'bytes',
]);
/** What rounds count, and no figure of a model. */
const COUNTED: ReadonlySet<string> = new Set([
  'round',
  'attempt',
  'cohort',
  'accepted',
  'rejected',
  'dropped',
]);

export function compareRuns(runs: readonly KeptRun[]): Comparison {
  return {
    runs: runs.map(({ directory, picture, lines }) => ({
      directory,
      run: picture.run,
      federation: picture.federation,
      rounds: picture.rounds,
      asked: picture.asked,
      end: picture.end,
      finals: finalsOf(lines),
      stateHash: picture.committed.at(-1)?.stateHash ?? null,
    })),
    differences: differencesOf(runs.map(({ lines }) => factsOf(lines))),
    sameUpTo: sameUpTo(runs.map(({ picture }) => picture)),
  };
}

function finalsOf(lines: readonly RecordLine[]): Readonly<Record<string, number>> {
  const last = new Map<string, Cell>();
  for (const row of roundRows(lines)) for (const [name, value] of row) last.set(name, value);
  last.delete('wallMs');
  return Object.fromEntries(
    [...last].filter(
      (entry): entry is [string, number] => !COUNTED.has(entry[0]) && typeof entry[1] === 'number',
    ),
  );
}

/** What the last start of a run was told to be, by dotted name. */
function factsOf(lines: readonly RecordLine[]): ReadonlyMap<string, unknown> {
  const line = lines.findLast((each): each is RunLine => each.type === 'run');
  const facts = Object.entries(line ?? {}).filter(([name]) => !NOT_COMPARED.has(name));
  return new Map(facts.flatMap(([name, value]) => leavesOf(value, name)));
}

function leavesOf(value: unknown, name: string): readonly (readonly [string, unknown])[] {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return [[name, value]];
  return Object.entries(value).flatMap(([field, inner]) => leavesOf(inner, `${name}.${field}`));
}

function differencesOf(all: readonly ReadonlyMap<string, unknown>[]): Comparison['differences'] {
  const fields = new Set(all.flatMap((facts) => [...facts.keys()]));
  return [...fields]
    .map((field) => ({ field, values: all.map((facts) => facts.get(field) ?? null) }))
    .filter(({ values }) => new Set(values.map((value) => JSON.stringify(value))).size > 1);
}

/** The last of the rounds from the first on after which all have the same state. */
function sameUpTo(pictures: readonly RunPicture[]): number {
  const hashes = pictures.map(
    ({ committed }) => new Map(committed.map((each) => [each.round, each.stateHash])),
  );
  let round = 0;
  for (;;) {
    const [first, ...others] = hashes.map((of) => of.get(round + 1) ?? null);
    if (first === null || others.some((hash) => hash !== first)) return round;
    round++;
  }
}
