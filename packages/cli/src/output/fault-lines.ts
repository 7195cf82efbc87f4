// Simulated faults, as people read them: how many of each kind in a round, or in all of them, and the virtual time.
import type { RoundLine } from '@starling/runtime/events';
import { WIDTH, wrapped } from './lost-lines.js';
import { formatDuration, formatNumber, fromRound } from './numbers.js';

type Faults = NonNullable<RoundLine['faults']>;
type FaultyLine = Pick<RoundLine, 'faults' | 'virtualMs'>;

/** One, and more than one, of each kind, in the order in which they are told. */
export const faultNouns = {
  dropouts: ['dropout', 'dropouts'],
  crashes: ['crash', 'crashes'],
  stragglers: ['straggler', 'stragglers'],
  late: ['too late', 'too late'],
  corrupt: ['corrupt update', 'corrupt updates'],
  byzantine: ['Byzantine update', 'Byzantine updates'],
  duplicates: ['duplicate', 'duplicates'],
  serverCrashes: ['server crash', 'server crashes'],
} as const satisfies Record<keyof Faults, readonly [string, string]>;

export const faultKinds = Object.keys(faultNouns) as readonly (keyof Faults)[];

/** A blank at which no line ends. */
const TIE = '\u00a0';

/**
 * `faults: 2 dropouts, 1 too late; 1.2 s of virtual time`, as lines of at most `width` characters; none of a round in
 * which nothing is simulated, or nothing was. Stragglers in time are left out: it may be everybody.
 */
export function faultLines(
  title: string,
  { faults, virtualMs }: FaultyLine,
  { width = WIDTH, indent = '' }: { readonly width?: number; readonly indent?: string } = {},
): readonly string[] {
  if (faults === undefined) return [];
  const counts = faultKinds.flatMap((kind) => {
    const [one, many] = faultNouns[kind];
    if (kind === 'stragglers' || faults[kind] === 0) return [];
    return [`${formatNumber(faults[kind])} ${faults[kind] === 1 ? one : many}`.replaceAll(' ', TIE)];
  });
  if (counts.length === 0 && virtualMs === undefined) return [];
  const time = virtualMs === undefined ? '' : `; ${formatDuration(virtualMs)} of virtual time`;
  const text = `${title}: ${counts.join(', ') || 'none'}${time}`;
  return wrapped(text, width, indent, `${indent}  `).map((line) => line.replaceAll(TIE, ' '));
}

/** The same of a whole run; or of a start of it, whose first round is `first`. */
export function linesOfAllFaults(faults: FaultyLine, first = 1, width = WIDTH): readonly string[] {
  return faultLines(`simulated faults${fromRound(first)}`, faults, { width });
}

/** What a failed attempt adds to a whole run: where rounds do not wait, the round that counts has its time already. */
export function faultsOfFailed({
  faults,
  virtualMs,
  staleness,
}: FaultyLine & Pick<RoundLine, 'staleness'>): FaultyLine {
  if (faults === undefined) return {};
  return { faults, ...(virtualMs !== undefined && staleness === undefined && { virtualMs }) };
}

/** Of all rounds together; nothing of none. */
export function totalFaults(lines: readonly FaultyLine[]): FaultyLine {
  const faulty = lines.flatMap(({ faults }) => faults ?? []);
  if (faulty.length === 0) return {};
  const clocks = lines.flatMap(({ virtualMs }) => virtualMs ?? []);
  const sums = faultKinds.map(
    (kind) => [kind, faulty.reduce((sum, faults) => sum + faults[kind], 0)] as const,
  );
  return {
    faults: Object.fromEntries(sums) as Faults,
    ...(clocks.length > 0 && { virtualMs: clocks.reduce((sum, ms) => sum + ms, 0) }),
  };
}
