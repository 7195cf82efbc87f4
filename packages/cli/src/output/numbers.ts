// Numbers as people read them: counts, measurements, sizes and durations.

/** A number with about four significant digits: `0.3125`, `1,240`, `1.2e-7`. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (Number.isInteger(value) && Math.abs(value) < 1e9) return value.toLocaleString('en-US');
  const size = Math.abs(value);
  if (size >= 1e9 || size < 1e-4) return value.toExponential(2);
  if (size >= 1000) return Math.round(value).toLocaleString('en-US');
  return String(Number(value.toPrecision(4)));
}

/** `1 round`, `1,240 clients`. */
export function countOf(count: number, noun: string): string {
  return `${formatNumber(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** ` from round 11 on`, after what is of a start of a run that has had rounds before; nothing of the first start. */
export function fromRound(first: number): string {
  return first === 1 ? '' : ` from round ${formatNumber(first)} on`;
}

/** `12 bytes`, `796.8 kB`; a size that depends on the data is known only with it. */
export function formatBytes(bytes: number | null): string {
  if (bytes === null) return 'size known only with the data';
  if (bytes < 1000) return `${bytes} bytes`;
  const units = ['kB', 'MB', 'GB'] as const;
  const power = Math.min(units.length, Math.floor(Math.log10(bytes) / 3));
  return `${Number((bytes / 1000 ** power).toPrecision(4))} ${units[power - 1]}`;
}

/** Milliseconds as `480 ms`, `3.2 s` or `2 min 5 s`. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
