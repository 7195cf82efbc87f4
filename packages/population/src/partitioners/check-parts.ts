// What a partitioner gives, which may be a user's own: lists of rows that there are.
import { checkKind, kinds, optionError } from '@starling/federated-core/plan';

const rowList = {
  need: 'an Int32Array of row numbers',
  fits: (value: unknown) => value instanceof Int32Array,
  advice: (value: unknown) => (Array.isArray(value) ? 'Make one of it: Int32Array.from(…)' : null),
};

/** Throws a `RangeError` unless `parts` has an `Int32Array` for each client, of rows from 0 to `rows` − 1. */
export function checkParts(action: string, parts: unknown, rows: number): void {
  kinds.list(action, 'what partition gives', parts);
  for (const [client, part] of (parts as readonly Int32Array[]).entries()) {
    const option = `what partition gives client ${client}`;
    checkKind(action, option, part, rowList);
    const strange = part.find((row) => row < 0 || row >= rows);
    if (strange === undefined) continue;
    throw optionError(`${action}: ${option} must be rows from 0 to ${rows - 1}, got ${strange}`);
  }
}
