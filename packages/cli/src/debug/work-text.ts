// What came of a client's work on both sides, leaf by leaf.
import { compareLeaves, type PhaseReplay, type ReplayedWork } from '@starling/runtime/replay';
import { formatNumber } from '../output/numbers.js';
import { formatTable } from '../output/table.js';

export interface ComparedWork {
  readonly text: string;
  /** Whether both sides ended alike, and every leaf agrees within the engines' tolerance. */
  readonly agrees: boolean;
}

/** `engine`: what the sent update was made on. */
export function formatWork(phase: PhaseReplay, engine: string): ComparedWork {
  const { sent, replayed, leaves } = phase;
  const reports = [`on ${engine}: ${reportText(sent)}`, `as written: ${reportText(replayed)}`];
  if (sent.update === null || replayed.update === null) {
    return { text: reports.join('\n'), agrees: sent.update === null && replayed.update === null };
  }
  const others = replayed.update;
  const compared = sent.update.map((leaf, index) => compareLeaves(leaf, others[index]!));
  const agree = compared.every(({ agrees }) => agrees);
  const rows = leaves.map(({ path, intrinsic }, index) => {
    const { norm, otherNorm, largestDifference, agrees } = compared[index]!;
    const cells = [norm, otherNorm, largestDifference].map((each) => (each === null ? '' : numberText(each)));
    return [path, intrinsic, ...cells, ...(agree ? [] : [agrees ? '' : 'differs'])];
  });
  const header = ['leaf', 'for', 'norm', 'as written', 'largest difference', ...(agree ? [] : [''])];
  const differing = compared.filter(({ agrees }) => !agrees).length;
  const verdict =
    differing === 0
      ? 'both agree, within the tolerance of engines'
      : `${differing} of ${leaves.length} leaves differ by more than the tolerance of engines`;
  return {
    text: [...reports, formatTable([header, ...rows]), verdict].join('\n'),
    agrees: differing === 0 && sent.report.status === replayed.report.status,
  };
}

function reportText({ report }: ReplayedWork): string {
  if (report.status === 'accepted') return 'its update is accepted';
  const outcome = report.status === 'rejected' ? 'its update is refused' : 'no update comes';
  return `${outcome} (${report.code}): ${report.reason}`;
}

function numberText(value: number): string {
  return value === 0 ? '0' : formatNumber(value);
}
