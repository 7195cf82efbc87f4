// Plain data as one text: the same text for the same data, whatever the order of its fields. What is hashed and what is
// compared line by line is written so.
import { createHash } from 'node:crypto';

export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [name: string]: Json | undefined };

/** Fields sorted by name, those that are undefined left out; NaN and infinities as texts. `indent`: spaces. */
export function canonical(value: unknown, indent = 0): string {
  return JSON.stringify(sorted(value), null, indent);
}

export function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

function sorted(value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as ArrayLike<number>, sorted);
  if (Array.isArray(value)) return value.map(sorted);
  const entries = Object.entries(value).filter(([, field]) => field !== undefined);
  entries.sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0));
  return Object.fromEntries(entries.map(([name, field]) => [name, sorted(field)]));
}
