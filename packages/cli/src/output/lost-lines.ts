// Clients that are missing, as people read them: how many and why, then who, then what can be done about it. What is
// shown is bounded: a reason is told when it is new, and a thousand clients that fail alike are one.
import {
  adviceOn,
  type FailedRoundLine,
  joinLost,
  type LostClients,
  lostNames,
  type RoundLine,
} from '@starling/runtime/events';
import { formatNumber } from './numbers.js';
import { visible } from './visible.js';

/** Of a terminal. */
export const WIDTH = 80;

/** What is missing in the rounds so far. */
export interface LostTally {
  /** Groups of all rounds by reason, most updates first. */
  readonly groups: readonly LostClients[];
  /** Counts a round in; gives those of its groups whose reason is new. */
  add(line: Pick<RoundLine | FailedRoundLine, 'cohort' | 'lost'>): readonly LostClients[];
  /** `missing 6 of 12 updates: 4 load-failed, 2 non-finite-update`; `null` if none are. */
  total(): string | null;
}

export function createLostTally(): LostTally {
  let groups: readonly LostClients[] = [];
  let asked = 0;
  const byCode = new Map<string, number>();
  return {
    get groups() {
      return groups;
    },
    add({ cohort, lost }) {
      asked += cohort;
      return lost.filter((group) => {
        const known = groups.length;
        groups = joinLost([...groups, group]);
        byCode.set(group.code, (byCode.get(group.code) ?? 0) + group.count);
        return groups.length > known;
      });
    },
    total() {
      if (byCode.size === 0) return null;
      const codes = [...byCode].sort(([, one], [, other]) => other - one);
      const missing = codes.reduce((sum, [, count]) => sum + count, 0);
      const list = codes.map(([code, count]) => `${formatNumber(count)} ${code}`).join(', ');
      return `missing ${formatNumber(missing)} of ${formatNumber(asked)} updates: ${list}`;
    },
  };
}

/** Lines of at most `width` characters, as far as words allow. */
export function lostLines(
  groups: readonly LostClients[],
  { width = WIDTH, advice = true }: { readonly width?: number; readonly advice?: boolean } = {},
): readonly string[] {
  return [
    ...groups.flatMap((group) => {
      const { status, code, reason, count } = group;
      const [text = ''] = reason.split('\n');
      const what = `${formatNumber(count)} ${status === 'rejected' ? 'refused' : 'dropped'}, ${code}: ${text}`;
      return [
        ...wrapped(visible(what), width, '  ', '    '),
        ...wrapped(visible(lostNames(group)), width, '    ', '    '),
      ];
    }),
    ...(advice ? adviceOn(groups).flatMap((line) => wrapped(line, width, '  ', '    ')) : []),
  ];
}

/** Lines of at most `width` characters, as far as words allow. */
export function wrapped(text: string, width: number, first: string, next: string): readonly string[] {
  const lines: string[] = [];
  let line = first;
  for (const word of text.split(' ')) {
    const isBegun = line.trim() !== '';
    if (isBegun && line.length + 1 + word.length > width) {
      lines.push(line);
      line = `${next}${word}`;
    } else {
      line += isBegun ? ` ${word}` : word;
    }
  }
  return [...lines, line];
}
