// Who of a cohort is missing, grouped by reason: what a thousand clients that fail alike come to is one entry with a
// count and a few names. Whatever shows or keeps a round takes these groups, and none of the reports themselves.
import type { ClientReport } from '@starling/plan/runner';
import type { LostClients } from './record-line.js';

/** What became of a client in a round: of one that is missing, also the phase in which it was lost, from 0. */
export type RoundReport =
  | Extract<ClientReport, { status: 'accepted' }>
  | (Exclude<ClientReport, { status: 'accepted' }> & { readonly phase: number });

export interface CohortCounts {
  readonly cohort: number;
  readonly accepted: number;
  readonly rejected: number;
  readonly dropped: number;
}

/** Names that a group gives; all are counted. */
const MAX_NAMES = 10;
/** Groups of one list; with more reasons than these, those of one code are one. */
const MAX_GROUPS = 10;
/** With more codes than groups, the largest that stay; of the others, the refused are one and the dropped another. */
const MAX_CODES = MAX_GROUPS - 2;
/** Code and reason of clients whose codes are not listed. */
const OTHER = { code: 'other', reason: 'other codes than those listed' } as const;
/** Characters of a reason, more than the wire lets through: user code words it, and then comes its line. */
const MAX_REASON = 500;

export function countReports(reports: readonly RoundReport[]): CohortCounts {
  let [accepted, rejected, dropped] = [0, 0, 0];
  for (const { status } of reports) {
    if (status === 'accepted') accepted++;
    else if (status === 'rejected') rejected++;
    else dropped++;
  }
  return { cohort: reports.length, accepted, rejected, dropped };
}

/** The missing clients by reason, the largest groups first; empty if all were accepted. */
export function lostClients(reports: readonly RoundReport[]): readonly LostClients[] {
  const lost: LostClients[] = [];
  for (const report of reports) {
    if (report.status === 'accepted') continue;
    const { client, status, code, phase, reason } = report;
    lost.push({ status, code, phase, reason: shortened(reason), count: 1, clients: [client] });
  }
  return lost.length === 0 ? [] : joinLost(lost);
}

/** Groups of several lists, such as those of all rounds, as one list; counts are added, so a client may count twice. */
export function joinLost(groups: readonly LostClients[]): readonly LostClients[] {
  const byReason = join(groups, reasonKey);
  if (byReason.length <= MAX_GROUPS) return byReason.sort(largestFirst);
  // Of the groups as they were given, so that names stay in their order.
  const byCode = join(groups, ({ code }) => code).sort(largestFirst);
  return byCode.length <= MAX_GROUPS
    ? byCode
    : join(othersAsOne(groups, byCode), ({ code }) => code).sort(largestFirst);
}

/** `groups`, with all but the largest codes as `OTHER`. */
function othersAsOne(groups: readonly LostClients[], byCode: readonly LostClients[]): LostClients[] {
  const largest = byCode.filter(({ code }) => code !== OTHER.code).slice(0, MAX_CODES);
  const listed = new Set(largest.map(({ status, code }) => `${status} ${code}`));
  return groups.map((group) =>
    listed.has(`${group.status} ${group.code}`) ? group : { ...group, ...OTHER },
  );
}

function largestFirst(one: LostClients, other: LostClients): number {
  return other.count - one.count;
}

/** `2 dropped, load-failed: no such file (client-2, client-3)`. */
export function formatLost(group: LostClients): string {
  const { status, code, reason, count } = group;
  const [line = ''] = reason.split('\n');
  return `${count} ${status === 'rejected' ? 'refused' : 'dropped'}, ${code}: ${line} (${lostNames(group)})`;
}

/** `client-2, client-3`; ends in `…` where there are more than a group names. */
export function lostNames({ count, clients }: LostClients): string {
  return (clients.length === MAX_NAMES && count > MAX_NAMES ? [...clients, '…'] : clients).join(', ');
}

function join(groups: readonly LostClients[], keyOf: (group: LostClients) => string): LostClients[] {
  const byKey = new Map<string, { first: LostClients; count: number; names: Set<string> }>();
  for (const group of groups) {
    const key = `${group.status} ${keyOf(group)}`;
    const found = byKey.get(key) ?? { first: group, count: 0, names: new Set() };
    byKey.set(key, found);
    found.count += group.count;
    for (const name of group.clients) if (found.names.size < MAX_NAMES) found.names.add(name);
  }
  return [...byKey.values()].map(({ first, count, names }) => ({ ...first, count, clients: [...names] }));
}

/**
 * The same for reasons that differ only in what is a client's own: its name, and numbers. Numbers of a path, such as
 * `weights.0`, stay.
 */
function reasonKey({ code, phase, reason, clients }: LostClients): string {
  const [name = ''] = clients;
  const alike = reason
    .split(name === '' ? /$^/ : new RegExp(`(?<![\\p{L}\\p{N}])${escaped(name)}(?![\\p{L}\\p{N}])`, 'u'))
    .join('#')
    .replace(/-?(?<![\p{L}_\]]\.\d*)\d+(?:\.\d+)?(?:e[-+]?\d+)?/gu, '#');
  return `${code} ${phase} ${alike}`;
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}

function shortened(reason: string): string {
  return reason.length <= MAX_REASON ? reason : `${reason.slice(0, MAX_REASON)}…`;
}
