// What a plan moves and reveals, as text: the answer to "what leaves my machine?" before anything runs.
import type { PlanSummary } from '@starling/federated-core';
import type {
  ClientStateSummary,
  PhaseSummary,
  SelectionSummary,
  UpdateSummary,
} from '@starling/federated-core/plan';
import { formatBytes } from './numbers.js';
import { layoutType } from './type-layout.js';

const WIDTH = 100;
/** Where the types stand. */
const COLUMN = 24;

export function describePlan(report: PlanSummary, hash: string): string {
  const lines = [
    `plan ${hash}`,
    '',
    `the server holds        ${layout(report.serverInput)}`,
    `each client holds       ${layout(report.clientInput)}`,
    ...(report.clientState === undefined ? [] : formatKept(report.clientState)),
    ...report.phases.flatMap((phase, index) => formatPhase(phase, index, report.phases.length)),
    `the result is           ${layout(report.result)}`,
    '',
    `a round: ${bytesDown(report)} down to a client, ${bytesUp(report)} up; lanes of ${report.laneSize}`,
    report.revealing
      ? 'The server sees values of single clients.'
      : 'The server sees aggregates only, no value of a single client.',
  ];
  return lines.join('\n');
}

/** What stays with a client from round to round. */
function formatKept({ type, bytes, whenLost, readOnly }: ClientStateSummary): readonly string[] {
  if (readOnly)
    return [`each client reads       ${layout(type)}`, indented('of what it keeps; nothing is changed')];
  const lost = whenLost === 'restart' ? 'begins with its first state again' : 'sits out';
  return [
    `each client keeps       ${layout(type)}`,
    indented(`${formatBytes(bytes)} from round to round; neither it nor a hash of it leaves the client`),
    indented(`a client that has lost it ${lost}`),
  ];
}

function indented(text: string): string {
  return `${' '.repeat(COLUMN)}${text}`;
}

function bytesDown({ phases }: PlanSummary): string {
  const selections = phases.flatMap((phase) => phase.selections);
  const known = selections.filter(({ keys }) => keys !== null);
  return formatTotal(
    [...phases.map((phase) => phase.bytesBroadcast), ...known.map((one) => one.bytesDown)],
    selections.filter(({ keys }) => keys === null).map(({ bytesPerKey }) => bytesPerKey),
  );
}

function bytesUp({ phases }: PlanSummary): string {
  const updates = phases.flatMap((phase) => phase.updates);
  const known = updates.filter((update) => !isAnyNumberOfKeys(update));
  return formatTotal(
    known.map((update) => update.bytesUp),
    updates.filter(isAnyNumberOfKeys).map(() => KEY_BYTES),
  );
}

/** Of an int32. */
const KEY_BYTES = 4;

function isAnyNumberOfKeys({ kind, bytesUp: bytes }: UpdateSummary): boolean {
  return kind === 'select-keys' && bytes === null;
}

/** What is known beforehand, and what comes with each key. */
function formatTotal(parts: readonly (number | null)[], perKey: readonly (number | null)[]): string {
  const sum = (some: readonly (number | null)[]) =>
    some.reduce((total, part) => (total === null || part === null ? null : total + part), 0);
  const [known, each] = [sum(parts), sum(perKey)];
  if (known === null || each === null) return formatBytes(null);
  if (perKey.length === 0) return formatBytes(known);
  return known === 0 ? `${formatBytes(each)} a key` : `${formatBytes(known)} and ${formatBytes(each)} a key`;
}

function layout(type: string): string {
  return layoutType(type, COLUMN, WIDTH);
}

function formatPhase(phase: PhaseSummary, index: number, phases: number): readonly string[] {
  return [
    ...(phases > 1 ? ['', `round trip ${index + 1} of ${phases}`] : []),
    `each client receives    ${layout(phase.broadcast)} (${formatBytes(phase.bytesBroadcast)})`,
    ...phase.selections.flatMap(formatSelection),
    ...phase.updates.flatMap(formatUpdate),
  ];
}

function formatSelection({ slice, bytesPerKey, keys, bytesDown }: SelectionSummary): readonly string[] {
  const each = `${formatBytes(bytesPerKey)} a key`;
  const size = keys === null ? each : `${each}, ${keys} keys: ${formatBytes(bytesDown)}`;
  return [`  and by its keys       ${layout(`${slice}*`)} (${size})`];
}

function formatUpdate(report: UpdateSummary): readonly string[] {
  const { intrinsic, update, result, revealing } = report;
  const bytes = isAnyNumberOfKeys(report) ? `${formatBytes(KEY_BYTES)} a key` : formatBytes(report.bytesUp);
  const seen = revealing ? 'clients one by one, as' : 'only';
  return [
    `each client sends       ${layout(update)} (${bytes}) for ${intrinsic}`,
    `  the server sees       ${seen} ${layout(result)}`,
  ];
}
