// What clients compute in a simulation, and what becomes of it: numbers that differ wherever client, run, attempt,
// phase or base differ, so that a report which counts twice, or in the wrong place, ends in another state. A state is
// two words, and so is a report.
import { deriveSeed, type Seed } from '@starling/federated-core';
import type { PhaseAddress } from '@starling/rounds';

/** Where a report belongs, its base aside. */
type Where = Omit<PhaseAddress, 'base'>;

export type Words = Seed;

/** What a client reports for what it was sent. */
export function reportOf(client: string, { run, round, attempt, phase }: Where, broadcast: Words): Words {
  return deriveSeed(broadcast, client, run, round, attempt, phase);
}

/** What a phase's broadcast, or the new state, is made of: in cohort order, those that counted. */
export function fold(base: Words, { round, attempt, phase }: Where, reports: readonly Words[]): Words {
  return reports.reduce<Words>(
    (sum, [low, high]) => deriveSeed(sum, low, high),
    deriveSeed(base, round, attempt, phase),
  );
}

/** Stands for a hash of the words: 64 hexadecimal digits. */
export function nameOf(words: Words): string {
  return words.map((word) => word.toString(16).padStart(32, '0')).join('');
}

const MARK = 0x51;

/** Nine bytes: a mark, by which damage is seen, and the words. */
export function bytesOf([low, high]: Words): Uint8Array {
  const bytes = new Uint8Array(9);
  const view = new DataView(bytes.buffer);
  bytes[0] = MARK;
  view.setUint32(1, low);
  view.setUint32(5, high);
  return bytes;
}

/** `null` for bytes that are damaged. */
export function wordsOf(bytes: Uint8Array): Words | null {
  if (bytes.length !== 9 || bytes[0] !== MARK) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return [view.getUint32(1), view.getUint32(5)];
}
