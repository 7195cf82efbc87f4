// What a plan moves and reveals, as text: the answer to "what leaves my machine?" before anything runs.
import type { PhaseReport, PlanReport, SelectionReport, UpdateReport } from '@starling/federated-core';
import { layoutType } from './type-layout.js';

const WIDTH = 100;
/** Where the types stand. */
const COLUMN = 24;

export function formatPlan(report: PlanReport, hash: string): string {
  const lines = [
    `plan ${hash}`,
    '',
    `the server holds        ${layout(report.serverInput)}`,
    `each client holds       ${layout(report.clientInput)}`,
    ...report.phases.flatMap((phase, index) => formatPhase(phase, index, report.phases.length)),
    `the result is           ${layout(report.result)}`,
    '',
    `a round: ${formatBytes(report.bytesDown)} down to a client, ${formatBytes(report.bytesUp)} up; lanes of ${report.laneSize}`,
    report.revealing
      ? 'The server sees values of single clients.'
      : 'The server sees aggregates only, no value of a single client.',
  ];
  return lines.join('\n');
}

function layout(type: string): string {
  return layoutType(type, COLUMN, WIDTH);
}

function formatPhase(phase: PhaseReport, index: number, phases: number): readonly string[] {
  return [
    ...(phases > 1 ? ['', `round trip ${index + 1} of ${phases}`] : []),
    `each client receives    ${layout(phase.broadcast)} (${formatBytes(phase.bytesBroadcast)})`,
    ...phase.selections.flatMap(formatSelection),
    ...phase.updates.flatMap(formatUpdate),
  ];
}

function formatSelection({ slice, bytesPerKey, keys, bytesDown }: SelectionReport): readonly string[] {
  const each = `${formatBytes(bytesPerKey)} a key`;
  const size = keys === null ? each : `${each}, ${keys} keys: ${formatBytes(bytesDown)}`;
  return [`  and by its keys       ${layout(`${slice}*`)} (${size})`];
}

function formatUpdate({ intrinsic, update, result, bytesUp, revealing }: UpdateReport): readonly string[] {
  const seen = revealing ? 'clients one by one, as' : 'only';
  return [
    `each client sends       ${layout(update)} (${formatBytes(bytesUp)}) for ${intrinsic}`,
    `  the server sees       ${seen} ${layout(result)}`,
  ];
}

/** `12 bytes`, `796.8 kB`; a size that depends on the data is "as many bytes as there is data". */
export function formatBytes(bytes: number | null): string {
  if (bytes === null) return 'size known only with the data';
  if (bytes < 1000) return `${bytes} bytes`;
  const units = ['kB', 'MB', 'GB'] as const;
  const power = Math.min(units.length, Math.floor(Math.log10(bytes) / 3));
  return `${Number((bytes / 1000 ** power).toPrecision(4))} ${units[power - 1]}`;
}
