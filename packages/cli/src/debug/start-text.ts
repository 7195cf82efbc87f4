// What a client begins its work from, as `starling debug` shows it: who it is, what it holds and what it was sent.
import {
  type LeafSummary,
  type NamedLeaves,
  type ReplayStart,
  summarizeLeaf,
} from '@starling/runtime/replay';
import { formatNumber } from '../output/numbers.js';
import { formatTable } from '../output/table.js';

/** Leaves that a table shows; of more it says how many. */
const MOST_LEAVES = 40;

/** What a run that was kept had, as far as plans are concerned. */
export interface KeptPlan {
  readonly hash: string;
  /** Settings that had other values there, with these: `rate=0.5`. */
  readonly otherSettings: readonly string[];
}

/** What is known of the round beside what its replay tells. */
export interface StartFacts {
  /** `null` if no run was kept. */
  readonly kept: KeptPlan | null;
  /** Where the round's state is from. */
  readonly state: string;
}

export function formatStart(start: ReplayStart, { kept, state }: StartFacts): string {
  const { name, round, attempt, position, cohortSize, plan, seed, data, sent } = start;
  const tried = attempt === 1 ? '' : `, attempt ${attempt}`;
  const head = `client ${name} in round ${round}${tried}: number ${position + 1} of the ${cohortSize} that were asked`;
  const facts = [
    ['plan', planText(plan, kept)],
    ['seed', seed.map((word) => `0x${word.toString(16).padStart(8, '0')}`).join(' ')],
    ['state', state],
  ];
  const width = Math.max(...facts.map(([fact]) => fact!.length));
  const held = data === null ? 'it holds data that cannot be loaded' : section('it holds', data);
  const received = sent.map((leaves, phase) => {
    const title = sent.length === 1 ? 'it is sent' : `it is sent in phase ${phase + 1}`;
    return section(title, leaves);
  });
  return [head, ...facts.map(([fact, text]) => `  ${fact!.padEnd(width)}  ${text}`), held, ...received].join(
    '\n',
  );
}

function planText(plan: string, kept: KeptPlan | null): string {
  const is = plan.slice(0, 12);
  if (kept === null) return is;
  const was = kept.hash.slice(0, 12);
  if (is === was) return `${is}, that of the run`;
  const { otherSettings } = kept;
  // Whether the code has changed, too, cannot be told.
  const why = otherSettings.length > 0 ? `with ${otherSettings.join(', ')}` : 'so its code has changed';
  return `${is}; the run had ${was}, ${why}`;
}

function section(title: string, leaves: NamedLeaves): string {
  if (leaves.length === 0) return `${title}: nothing`;
  const rows = leaves.slice(0, MOST_LEAVES).map(({ name, leaf }) => {
    const summary = summarizeLeaf(leaf);
    return [name, `${summary.dtype}[${summary.shape.join(',')}]`, numbersText(summary)];
  });
  const more = leaves.length - rows.length;
  const table = formatTable([['leaf', 'type', 'numbers'], ...rows]);
  const lines = [`${title}:`, ...table.split('\n').map((line) => `  ${line}`)];
  return [...lines, ...(more > 0 ? [`  and ${more} leaves more`] : [])].join('\n');
}

/** `0 to 255, mean 33.1, norm 5e4; 3 are NaN or infinite, the first at 17`. */
function numbersText(summary: LeafSummary): string {
  const { least, largest, mean, norm, nonFinite, firstNonFinite, values, shape } = summary;
  const parts: string[] = [];
  if (shape.length === 0 && least !== null) parts.push(formatNumber(least));
  else if (least !== null && largest !== null && mean !== null) {
    parts.push(`${formatNumber(least)} to ${formatNumber(largest)}, mean ${formatNumber(mean)}`);
    if (values === null && norm !== null) parts.push(`norm ${formatNumber(norm)}`);
  }
  if (values !== null && shape.length > 0) parts.push(countsText(values));
  const rowSize = shape.slice(1).reduce((product, size) => product * size, 1);
  const broken =
    nonFinite === 0
      ? ''
      : `${nonFinite === 1 ? '1 is' : `${nonFinite} are`} NaN or infinite, ${nonFinite === 1 ? '' : 'the first '}in row ${Math.floor(firstNonFinite / rowSize)}`;
  return [parts.join(', '), broken].filter((part) => part !== '').join('; ');
}

const MOST_VALUES = 4;

/** `9 ×67, 1 ×65, …`. */
function countsText(values: NonNullable<LeafSummary['values']>): string {
  const shown = values.slice(0, MOST_VALUES).map(([value, count]) => `${value} ×${count}`);
  return [...shown, ...(values.length > MOST_VALUES ? ['…'] : [])].join(', ');
}
